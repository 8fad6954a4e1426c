/**
 * The page store: page table, slots, counters, and the {@link io.trueno.zram.engine.BlockDevice}
 * over them.
 */
@NullMarked
package io.trueno.zram.engine.store;

import org.jspecify.annotations.NullMarked;
