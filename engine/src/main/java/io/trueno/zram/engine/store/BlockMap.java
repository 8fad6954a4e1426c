package io.trueno.zram.engine.store;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which blocks of a backing device are in use, and by how many records. A block whose last record
 * is gone is used again once no lane can still be reading from it ({@link Epochs}).
 *
 * <p>Threading: synchronized; nothing here takes long, and only pages that are written back come
 * here.
 */
final class BlockMap {
    /** Answer of {@link #allocate}: there are not that many free blocks in a row. */
    static final long NONE = -1;

    private final long capacity;
    private final long first;
    private final Epochs epochs;
    private final BitSet taken = new BitSet();
    private final ArrayDeque<Freed> freed = new ArrayDeque<>();
    private short[] records = new short[64];
    private long used;

    private record Freed(int block, long epoch) {}

    /**
     * @param first block that may be used
     * @param capacity number of the block after the last that may be used
     */
    BlockMap(long first, long capacity, Epochs epochs) {
        this.first = first;
        this.capacity = Math.min(capacity, Integer.MAX_VALUE);
        this.epochs = epochs;
    }

    /** Takes {@code count} blocks in a row, and holds each as a record would. */
    synchronized long allocate(int count) {
        while (!freed.isEmpty() && epochs.quiescent(freed.peek().epoch())) {
            taken.clear(freed.remove().block());
        }
        int block = taken.nextClearBit((int) first);
        while (block + (long) count <= capacity) {
            int next = taken.nextSetBit(block);
            if (next < 0 || next - block >= count) {
                taken.set(block, block + count);
                retainBlocks(block, count);
                return block;
            }
            block = taken.nextClearBit(next);
        }
        return NONE;
    }

    /** Counts a record in that lies in these blocks, of an earlier process. */
    synchronized void adopt(long block, int count) {
        taken.set((int) block, (int) block + count);
        retainBlocks((int) block, count);
    }

    /** Counts a record in that lies in blocks which the caller holds. */
    synchronized void retain(long block, int count) {
        retainBlocks((int) block, count);
    }

    private void retainBlocks(int block, int count) {
        if (block + count > records.length) {
            records = Arrays.copyOf(records, Math.max(block + count, records.length * 2));
        }
        for (int i = block; i < block + count; i++) {
            used += records[i] == 0 ? 1 : 0;
            records[i]++;
        }
    }

    /** Counts a record out. */
    synchronized void release(long block, int count) {
        for (int i = (int) block; i < block + count; i++) {
            records[i]--;
            if (records[i] == 0) {
                used--;
                freed.add(new Freed(i, epochs.endEpoch()));
            }
        }
    }

    /** Blocks that hold records. */
    synchronized long usedBlocks() {
        return used;
    }
}
