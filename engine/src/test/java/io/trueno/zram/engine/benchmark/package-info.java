/**
 * JMH benchmarks of the kernels, each in a scalar and a vector form that are checked against each
 * other first. Run by {@code engine/benchmarks/run}.
 */
@NullMarked
package io.trueno.zram.engine.benchmark;

import org.jspecify.annotations.NullMarked;
