package io.trueno.zram.engine.store;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The memory that slots live in: the larger part of the store file, cut into chunks. A lane takes a
 * chunk, fills it from front to back with slots of any length, seals it and takes the next; so
 * slots lie without gaps, and taking one is an addition. A freed slot only lowers its chunk's count
 * of live bytes. When the last slot of a sealed chunk is freed the chunk is retired, and once no
 * lane can still read it, its memory serves again or goes back to the system. The {@link Compactor}
 * empties chunks that have become thin.
 *
 * <p>Life of a chunk: {@code cold -> open -> sealed -> retired -> warm or cold}.
 *
 * <p>Threading: {@link #free} is lock-free; what happens once per chunk is synchronized.
 */
final class SlotArena {
    static final int CHUNK_SHIFT = 18;

    /** Bytes in a chunk. */
    static final int CHUNK = 1 << CHUNK_SHIFT;

    /** Answer of {@link #openChunk}: the limit or the end of the arena is reached. */
    static final int NONE = -1;

    /** Retired chunks kept faulted in for the next writer; more go back to the system. */
    private static final int WARM_CHUNKS = 2;

    private static final long RECLAIM_RETRY_NANOS = 100_000;

    private final StoreFile file;
    private final MemorySegment segment;
    private final Epochs epochs;
    private final int chunks;

    /**
     * Live bytes of each chunk. Counts down from zero while the chunk is open, since its owner adds
     * what it allocated only on sealing; so it is positive only in sealed chunks.
     */
    private final AtomicIntegerArray liveBytes;

    private final ArrayDeque<Retired> retired = new ArrayDeque<>();
    private final int[] warm = new int[WARM_CHUNKS];
    private int warmCount;
    private final int[] cold;
    private int coldCount;
    private int nextChunk;
    private int usedChunks;
    private int peakChunks;
    private long limitBytes;
    private @Nullable Thread sleeper;
    private int opensPerWake = Integer.MAX_VALUE;
    private int opens;

    private record Retired(int chunk, long epoch) {}

    /** An arena of cold chunks; {@link #adopt} those that hold slots before the first use. */
    SlotArena(StoreFile file, Epochs epochs) {
        this.file = file;
        this.epochs = epochs;
        segment = file.arena();
        chunks = Math.toIntExact(segment.byteSize() >>> CHUNK_SHIFT);
        liveBytes = new AtomicIntegerArray(chunks);
        cold = new int[chunks];
    }

    /** Counts a slot that an earlier process stored. */
    void adopt(long address, int slotBytes) {
        liveBytes.addAndGet(chunkOf(address), slotBytes);
    }

    /** Ends adoption: chunks with slots are sealed, the memory of all others goes back. */
    synchronized void adopted() {
        nextChunk = chunks;
        while (nextChunk > 0 && liveBytes.get(nextChunk - 1) == 0) {
            nextChunk--;
        }
        for (int chunk = 0; chunk < nextChunk; chunk++) {
            if (liveBytes.get(chunk) == 0) {
                file.punchArena(chunkAddress(chunk), CHUNK);
                cold[coldCount++] = chunk;
            } else {
                usedChunks++;
            }
        }
        if (nextChunk < chunks) {
            file.punchArena(chunkAddress(nextChunk), chunkAddress(chunks - nextChunk));
        }
        peakChunks = usedChunks;
    }

    MemorySegment segment() {
        return segment;
    }

    static int chunkOf(long address) {
        return (int) (address >>> CHUNK_SHIFT);
    }

    static long chunkAddress(int chunk) {
        return (long) chunk << CHUNK_SHIFT;
    }

    /** Limits {@link #usedBytes}; zero for no limit. What is above stays until it is freed. */
    synchronized void limit(long bytes) {
        limitBytes = bytes;
    }

    /** Unparks {@code thread} each time that many chunks were opened, and when one is retired. */
    synchronized void wakeEvery(int chunksOpened, Thread thread) {
        opensPerWake = chunksOpened;
        sleeper = thread;
    }

    /**
     * Takes an empty chunk for the caller alone.
     *
     * @param forCompaction whether the caller may take the last chunk there is, which is kept so
     *     that a full arena can still be compacted
     * @return its number, or {@link #NONE}
     */
    synchronized int openChunk(boolean forCompaction) {
        if (++opens >= opensPerWake) {
            opens = 0;
            LockSupport.unpark(sleeper);
        }
        if (warmCount == 0) {
            reclaim(0);
        }
        if (room() < (forCompaction ? 1 : 2)) {
            return NONE;
        }
        if (warmCount > 0) {
            return warm[--warmCount]; // still counted as used
        }
        int chunk = coldCount > 0 ? cold[--coldCount] : nextChunk++;
        usedChunks++;
        peakChunks = Math.max(peakChunks, usedChunks);
        return chunk;
    }

    /**
     * Ends the caller's ownership of an open chunk.
     *
     * @param allocatedBytes of all slots that were cut from it, freed ones too
     */
    void seal(int chunk, int allocatedBytes) {
        if (liveBytes.addAndGet(chunk, allocatedBytes) == 0) {
            retire(chunk);
        }
    }

    /** Gives up a slot that no page table entry points to any more. */
    void free(long address, int slotBytes) {
        int chunk = chunkOf(address);
        if (liveBytes.addAndGet(chunk, -slotBytes) == 0) {
            retire(chunk);
        }
    }

    private void retire(int chunk) {
        // the chunk's last entry was replaced before this call, so this epoch or an earlier one is
        // the last in which a lane can have loaded it
        Retired entry = new Retired(chunk, epochs.endEpoch());
        synchronized (this) {
            retired.add(entry);
            LockSupport.unpark(sleeper);
        }
    }

    /**
     * Makes retired chunks that nobody can read any more ready for use, and gives the memory of all
     * but a few back to the system.
     *
     * @return whether retired chunks are left over, waiting for a reader
     */
    synchronized boolean reclaim() {
        reclaim(Integer.MAX_VALUE);
        return !retired.isEmpty();
    }

    /**
     * @param punches most chunks to give back to the system; beyond, one that cannot be kept warm
     *     stays retired
     */
    private void reclaim(int punches) {
        int left = punches;
        while (!retired.isEmpty() && epochs.quiescent(retired.peek().epoch())) {
            if (warmCount < WARM_CHUNKS) {
                warm[warmCount++] = retired.remove().chunk();
            } else if (left > 0) {
                int chunk = retired.remove().chunk();
                file.punchArena(chunkAddress(chunk), CHUNK);
                cold[coldCount++] = chunk;
                usedChunks--;
                left--;
            } else {
                return;
            }
        }
    }

    /**
     * Waits until a retired chunk can serve again. The caller holds no lane, so that it waits only
     * for requests that go on by themselves.
     *
     * @return false if there is no retired chunk and no room either
     */
    boolean awaitReclaim() {
        while (reclaim()) {
            if (hasRoom()) {
                return true;
            }
            LockSupport.parkNanos(RECLAIM_RETRY_NANOS);
        }
        return hasRoom();
    }

    /** Whether {@link #openChunk} would give a chunk to a request now. */
    synchronized boolean hasRoom() {
        return room() >= 2;
    }

    /** How many chunks can be opened before the limit or the end of the arena. */
    synchronized long room() {
        long fresh = coldCount + (long) (chunks - nextChunk);
        if (limitBytes != 0) {
            fresh = Math.clamp((limitBytes - usedBytes()) >> CHUNK_SHIFT, 0, fresh);
        }
        return warmCount + fresh;
    }

    synchronized int retiredChunks() {
        return retired.size();
    }

    /** Bytes of memory held: open, sealed, retired and warm chunks. */
    synchronized long usedBytes() {
        return chunkAddress(usedChunks);
    }

    /** Highest {@link #usedBytes} since the last {@link #resetPeak}. */
    synchronized long peakBytes() {
        return chunkAddress(peakChunks);
    }

    synchronized void resetPeak() {
        peakChunks = usedChunks;
    }

    synchronized long limitBytes() {
        return limitBytes;
    }

    /** Chunks that were ever used: those with higher numbers are untouched. */
    synchronized int chunkHighWater() {
        return nextChunk;
    }

    /** Live bytes if the chunk is sealed, else zero or less. */
    int sealedLiveBytes(int chunk) {
        return liveBytes.get(chunk);
    }

    /** Heap bytes of the chunks' own bookkeeping. */
    long indexBytes() {
        return 2L * Integer.BYTES * chunks;
    }
}
