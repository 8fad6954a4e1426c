package io.trueno.zram.engine.store;

/**
 * What a writeback did.
 *
 * @param pages that lie on the backing device now, and did not before
 * @param blocks of 4 KiB that were written there
 * @param packedBytes that they took in memory
 * @param stopped why pages that were chosen stayed in memory; empty if none did
 */
public record WritebackResult(long pages, long blocks, long packedBytes, String stopped) {}
