/**
 * Measurements for people: every figure on real memory pages, next to its ratio and a verified
 * round trip, interleaved with the reference libraries in the same process. Knows nothing of the
 * command line.
 */
@NullMarked
package io.trueno.zram.agent.bench;

import org.jspecify.annotations.NullMarked;
