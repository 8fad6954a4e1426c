package io.trueno.zram.engine.store;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The chunks of an arena that hold nothing: ready ones, whose memory is mapped, and cold ones,
 * which have none. Guarded by the {@link SlotArena}'s lock.
 */
final class EmptyChunks {
    private final int chunks;
    private final ChunkStates states;
    private int[] ready;
    private int readyCount;
    private int[] cold = new int[64];
    private int coldCount;
    private int next;

    EmptyChunks(int chunks, ChunkStates states, int readyWanted) {
        this.chunks = chunks;
        this.states = states;
        ready = new int[readyWanted];
    }

    /** Says that chunks from this number on were never used; those before it are somebody's. */
    void startAt(int firstUnused) {
        next = firstUnused;
    }

    /** Chunks with lower numbers were used at some time. */
    int highWater() {
        return next;
    }

    /** All that can be opened. */
    long count() {
        return readyCount + coldCount + (long) (chunks - next);
    }

    int readyCount() {
        return readyCount;
    }

    boolean hasCold() {
        return coldCount > 0 || next < chunks;
    }

    /** Makes room for so many ready chunks ahead of their time. */
    void expectReady(int count) {
        ready = Arrays.copyOf(ready, Math.max(count, readyCount));
    }

    void addReady(int chunk) {
        if (readyCount == ready.length) {
            ready = Arrays.copyOf(ready, readyCount + 1); // fewer are wanted than there are
        }
        ready[readyCount++] = chunk;
    }

    /** A ready chunk; there must be one. */
    int takeReady() {
        return ready[--readyCount];
    }

    void addCold(int chunk) {
        if (coldCount == cold.length) {
            cold = Arrays.copyOf(cold, 2 * coldCount);
        }
        cold[coldCount++] = chunk;
    }

    /** A cold chunk, or {@link SlotArena#NONE}. */
    int takeCold() {
        if (coldCount > 0) {
            return cold[--coldCount];
        }
        if (next == chunks) {
            return SlotArena.NONE;
        }
        states.include(next);
        return next++;
    }

    /** The numbers of cold chunks that were used at some time. */
    BitSet cold() {
        BitSet numbers = new BitSet(next);
        for (int i = 0; i < coldCount; i++) {
            numbers.set(cold[i]);
        }
        return numbers;
    }

    /** Heap bytes of this. */
    long bytes() {
        return (long) (cold.length + ready.length) * Integer.BYTES;
    }
}
