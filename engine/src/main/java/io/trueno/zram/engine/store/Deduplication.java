package io.trueno.zram.engine.store;

/**
 * What a deduplication did.
 *
 * @param pagesShared pages that share a slot with others since
 * @param bytesSaved of slots, by which they take less
 */
public record Deduplication(long pagesShared, long bytesSaved) {}
