/**
 * The kernels on the Vector API. The only package that imports {@code jdk.incubator.vector}; loaded
 * by name, through {@link io.trueno.zram.engine.kernel.Kernels#of}, when a vector backend is
 * chosen.
 */
@NullMarked
package io.trueno.zram.engine.kernel.vector;

import org.jspecify.annotations.NullMarked;
