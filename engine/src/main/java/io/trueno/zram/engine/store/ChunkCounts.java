package io.trueno.zram.engine.store;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * One counter for each chunk of an arena, with memory only for the chunks that were ever used.
 *
 * <p>Threading: counting is lock-free. {@link #include} is called by one thread at a time, before
 * anybody else learns of the chunk.
 */
final class ChunkCounts {
    private static final int SEGMENT_SHIFT = 10;
    private static final int SEGMENT = 1 << SEGMENT_SHIFT;

    private final AtomicIntegerArray[] segments;
    private int included;

    ChunkCounts(int chunks) {
        segments = new AtomicIntegerArray[(chunks >>> SEGMENT_SHIFT) + 1];
    }

    /** Makes room for the counters up to that of {@code chunk}. */
    void include(int chunk) {
        while (included <= chunk) {
            segments[included >>> SEGMENT_SHIFT] = new AtomicIntegerArray(SEGMENT);
            included += SEGMENT;
        }
    }

    /** Chunks that have a counter: those before this number. */
    int included() {
        return included;
    }

    int get(int chunk) {
        return segments[chunk >>> SEGMENT_SHIFT].get(chunk & (SEGMENT - 1));
    }

    int addAndGet(int chunk, int delta) {
        return segments[chunk >>> SEGMENT_SHIFT].addAndGet(chunk & (SEGMENT - 1), delta);
    }

    long bytes() {
        return (long) included * Integer.BYTES;
    }
}
