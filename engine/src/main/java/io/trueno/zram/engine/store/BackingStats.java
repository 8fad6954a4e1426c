package io.trueno.zram.engine.store;

/**
 * The backing device in numbers, as kernel zram's {@code bd_stat} has them, in blocks of 4 KiB; a
 * block may hold several compressed pages.
 *
 * @param path of the device; empty if there is none, and then all else is zero
 * @param bdCount blocks in use
 * @param bdReads blocks read
 * @param bdWrites blocks written
 * @param pages written back now
 */
public record BackingStats(
        String path, boolean encrypted, long bdCount, long bdReads, long bdWrites, long pages) {}
