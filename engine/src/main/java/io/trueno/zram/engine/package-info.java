/**
 * The public API of the engine: pages, algorithms, compressors and the {@link
 * io.trueno.zram.engine.BlockDevice} port. Anyone may use this package; the packages below it are
 * the engine's own, except where a type here hands them out.
 */
@NullMarked
package io.trueno.zram.engine;

import org.jspecify.annotations.NullMarked;
