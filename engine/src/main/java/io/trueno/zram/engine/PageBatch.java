package io.trueno.zram.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/**
 * What {@link BatchCompressor} makes of a batch of pages, in their order. Holds its memory, which
 * the next batch overwrites; nobody may read it while a batch is under way.
 */
public final class PageBatch {
    private final MemorySegment packed;
    private final int[] lengths;
    private final Algorithm[] algorithms;
    private int count;

    /**
     * Room for batches.
     *
     * @param capacity the most pages in one
     * @param arena what its {@code capacity * Pages.SIZE} bytes live in
     */
    public PageBatch(int capacity, Arena arena) {
        packed = arena.allocate((long) capacity * Pages.SIZE, 64);
        lengths = new int[capacity];
        algorithms = new Algorithm[capacity];
        Arrays.fill(algorithms, Algorithm.NONE);
    }

    /** The most pages in a batch. */
    public int capacity() {
        return lengths.length;
    }

    /** How many pages the last batch had. */
    public int count() {
        return count;
    }

    /** What a page's packed bytes are. */
    public Algorithm algorithm(int page) {
        return algorithms[Objects.checkIndex(page, count)];
    }

    /** How many packed bytes a page has, 1 to {@link Pages#SIZE}. */
    public int length(int page) {
        return lengths[Objects.checkIndex(page, count)];
    }

    /** A page's packed bytes, until the next batch. */
    public MemorySegment packed(int page) {
        return packed.asSlice((long) Objects.checkIndex(page, count) * Pages.SIZE, length(page));
    }

    /** Packed bytes of all pages together. */
    public long packedBytes() {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += lengths[i];
        }
        return bytes;
    }

    void begin(int pages) {
        Objects.checkFromIndexSize(0, pages, lengths.length);
        count = pages;
    }

    /** Takes over one page; threads take different ones. */
    void put(int page, Algorithm algorithm, byte[] bytes, int length) {
        algorithms[page] = algorithm;
        lengths[page] = length;
        MemorySegment.copy(
                MemorySegment.ofArray(bytes), 0, packed, (long) page * Pages.SIZE, length);
    }
}
