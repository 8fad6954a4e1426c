package io.trueno.zram.engine.store;

import java.util.Arrays;

/**
 * Where slots of one lane were freed, or a chunk had a rest too short for the next slot, so that
 * new ones fill the gaps: under overwrites at random the log's chunks would else all become thin at
 * the same pace, and the {@link Compactor} would move many pages for each one written. The smallest
 * hole is taken that a slot fits in; what it leaves over is a hole again.
 *
 * <p>A hole is a hint. It counts as long as its chunk is in the generation that it was when the
 * slot was freed ({@link ChunkStates}), and is used only when nobody can read the old slot any more
 * ({@link Epochs}). Those for which there is no room here are left to the compactor.
 *
 * <p>For whoever holds the lane.
 */
final class Holes {
    /** Slots freed before they are asked together whether they can still be read. */
    static final int BATCH = 64;

    /** Batches that wait at the same time: readers may be put aside by the scheduler. */
    private static final int BATCHES = 16;

    /** Holes that wait to be filled: plenty find a close fit among so many. */
    private static final int CAPACITY = 512;

    /** Less is not worth remembering. */
    private static final int LEAST_BYTES = 32;

    private static final int CLASS_SHIFT = 2; // of ADDRESS_UNIT bytes
    private static final int CLASSES = (SlotLayout.slotBytes(4096) >>> CLASS_SHIFT) + 1;
    private static final int NONE = -1;

    private final SlotArena arena;
    private final Epochs epochs;

    /** Batches in order of age, the last of them being filled. */
    private final long[] freedAddresses = new long[BATCHES * BATCH];

    private final int[] freedBytes = new int[BATCHES * BATCH];
    private final int[] freedGenerations = new int[BATCHES * BATCH];
    private final long[] freedEpochs = new long[BATCHES];
    private int oldestBatch;
    private int waitingBatches;
    private int inBatch;

    /** Holes to fill: for each class of size a list, as places in the arrays. */
    private final int[] first = new int[CLASSES];

    private final long[] occupied = new long[(CLASSES + 63) >>> 6];
    private final int[] next = new int[CAPACITY];
    private final long[] addresses = new long[CAPACITY];
    private final int[] generations = new int[CAPACITY];
    private int firstUnused;

    Holes(SlotArena arena, Epochs epochs) {
        this.arena = arena;
        this.epochs = epochs;
        Arrays.fill(first, NONE);
        for (int i = 0; i < CAPACITY; i++) {
            next[i] = i + 1 < CAPACITY ? i + 1 : NONE;
        }
    }

    /**
     * Notes a slot that was freed.
     *
     * @param generation of its chunk since then
     */
    void add(long address, int bytes, int generation) {
        int at = (oldestBatch + waitingBatches) % BATCHES * BATCH + inBatch;
        freedAddresses[at] = address;
        freedBytes[at] = bytes;
        freedGenerations[at] = generation;
        inBatch++;
        if (inBatch == BATCH) {
            endBatch();
        }
    }

    private void endBatch() {
        inBatch = 0;
        arena.freedMany();
        takeOver();
        if (waitingBatches < BATCHES - 1) { // else a reader holds all of them back
            freedEpochs[(oldestBatch + waitingBatches) % BATCHES] = epochs.endEpoch();
            waitingBatches++;
        }
    }

    /** Makes holes of slots that nobody can read any more. */
    private void takeOver() {
        while (waitingBatches > 0 && epochs.quiescent(freedEpochs[oldestBatch])) {
            for (int at = oldestBatch * BATCH; at < (oldestBatch + 1) * BATCH; at++) {
                keep(freedAddresses[at], freedBytes[at], freedGenerations[at]);
            }
            oldestBatch = (oldestBatch + 1) % BATCHES;
            waitingBatches--;
        }
    }

    /**
     * Fills a hole, wholly or in part.
     *
     * @return its address, or {@link SlotArena#NONE} if there is none that the slot fits in
     */
    long take(int slotBytes) {
        int sizeClass = atLeast(slotBytes >>> CLASS_SHIFT);
        while (sizeClass != NONE) {
            int hole = remove(sizeClass);
            long address = addresses[hole];
            int generation = generations[hole];
            if (arena.fill(address, slotBytes, generation)) {
                keep(address + slotBytes, (sizeClass << CLASS_SHIFT) - slotBytes, generation);
                return address;
            }
            sizeClass = atLeast(sizeClass);
        }
        return SlotArena.NONE;
    }

    /**
     * Keeps a hole that nobody can read.
     *
     * @param generation of its chunk since before it was one
     */
    void keep(long address, int bytes, int generation) {
        if (bytes < LEAST_BYTES) {
            return;
        }
        if (firstUnused == NONE) {
            remove(atLeast(0)); // the smallest
        }
        int sizeClass = bytes >>> CLASS_SHIFT;
        int hole = firstUnused;
        firstUnused = next[hole];
        addresses[hole] = address;
        generations[hole] = generation;
        next[hole] = first[sizeClass];
        first[sizeClass] = hole;
        occupied[sizeClass >>> 6] |= 1L << sizeClass;
    }

    /** Takes a hole of a class that has one; its place is read before the next is kept. */
    private int remove(int sizeClass) {
        int hole = first[sizeClass];
        first[sizeClass] = next[hole];
        if (first[sizeClass] == NONE) {
            occupied[sizeClass >>> 6] &= ~(1L << sizeClass);
        }
        next[hole] = firstUnused;
        firstUnused = hole;
        return hole;
    }

    /** The smallest class from this one on that has a hole, or {@link #NONE}. */
    private int atLeast(int sizeClass) {
        int word = sizeClass >>> 6;
        if (word >= occupied.length) {
            return NONE;
        }
        long rest = occupied[word] & -1L << sizeClass;
        while (rest == 0) {
            word++;
            if (word == occupied.length) {
                return NONE;
            }
            rest = occupied[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(rest);
    }
}
