package io.trueno.zram.engine.store;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One word for each chunk of an arena, with memory only for the chunks that were ever used: how
 * many bytes of it are live, and which generation it is in. The generation changes when the chunk's
 * holes shall not be filled any more, so that whoever remembers one finds out.
 *
 * <pre>
 * 63..32  generation, modulo 2^32
 * 31..0   live bytes + 2^31: positive in a sealed chunk that holds something; counts down from zero
 *         while the chunk is open, since its owner adds what it allocated only on sealing
 * </pre>
 *
 * <p>Threading: lock-free. {@link #include} is called by one thread at a time, before anybody else
 * learns of the chunk.
 */
final class ChunkStates {
    private static final int SEGMENT_SHIFT = 10;
    private static final int SEGMENT = 1 << SEGMENT_SHIFT;
    private static final long EMPTY = 1L << 31;
    private static final long NEXT_GENERATION = 1L << 32;

    private final AtomicLongArray[] segments;
    private int included;

    ChunkStates(int chunks) {
        segments = new AtomicLongArray[(chunks >>> SEGMENT_SHIFT) + 1];
    }

    /** Live bytes of a state. */
    static int live(long state) {
        return (int) (state ^ EMPTY);
    }

    /** Generation that a chunk is in. */
    int generationOf(int chunk) {
        return generation(segment(chunk).get(index(chunk)));
    }

    /** Generation of a state. */
    static int generation(long state) {
        return (int) (state >>> 32);
    }

    /** Makes room for the states up to that of {@code chunk}. */
    void include(int chunk) {
        while (included <= chunk) {
            AtomicLongArray segment = new AtomicLongArray(SEGMENT);
            for (int i = 0; i < SEGMENT; i++) {
                segment.setPlain(i, EMPTY);
            }
            segments[included >>> SEGMENT_SHIFT] = segment;
            included += SEGMENT;
        }
    }

    /** Chunks that have a state: those before this number. */
    int included() {
        return included;
    }

    int live(int chunk) {
        return live(segment(chunk).get(index(chunk)));
    }

    /** Adds live bytes; gives the state that follows. */
    long add(int chunk, int bytes) {
        return segment(chunk).addAndGet(index(chunk), bytes);
    }

    /** Adds live bytes to a chunk that has some, if it is still in a generation. */
    boolean addIf(int chunk, int generation, int bytes) {
        AtomicLongArray segment = segment(chunk);
        int index = index(chunk);
        long state;
        do {
            state = segment.get(index);
            if (generation(state) != generation || live(state) <= 0) {
                return false;
            }
        } while (!segment.compareAndSet(index, state, state + bytes));
        return true;
    }

    /** Ends a chunk's generation. */
    void endGeneration(int chunk) {
        segment(chunk).addAndGet(index(chunk), NEXT_GENERATION);
    }

    private AtomicLongArray segment(int chunk) {
        return segments[chunk >>> SEGMENT_SHIFT];
    }

    private static int index(int chunk) {
        return chunk & (SEGMENT - 1);
    }

    long bytes() {
        return (long) included * Long.BYTES;
    }
}
