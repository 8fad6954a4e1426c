package io.trueno.zram.engine.store;

import io.trueno.zram.engine.memory.MemoryFailure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.LongAdder;
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
 * <p>Life of a chunk: {@code cold -> ready -> open -> sealed -> retired -> ready or cold}. A cold
 * chunk has no memory; a ready one has it mapped already, so that slots in it fault no page in
 * ({@link Headroom}).
 *
 * <p>Threading: {@link #free} is lock-free; what happens once per chunk is synchronized, but for
 * system calls.
 */
final class SlotArena {
    static final int CHUNK_SHIFT = 18;

    /** Bytes in a chunk. */
    static final int CHUNK = 1 << CHUNK_SHIFT;

    /** Answer of {@link #openChunk}: the limit or the end of the arena is reached. */
    static final int NONE = -1;

    /** Retired chunks kept for the next writer even without headroom. */
    private static final int LEAST_READY = 2;

    /** Headroom is refilled when this share of it is used up. */
    private static final double REFILL_SHARE = 1.0 / 2;

    private static final long RECLAIM_RETRY_NANOS = 100_000;

    /** The soft limit counts as left when this part of it is free again. */
    private static final int SOFT_LIMIT_SLACK = 16;

    private static final int PUNCHES_PER_ROUND = 64;

    /** When this part of the memory in use has become free, the compactor looks at once. */
    private static final int FREED_PER_LOOK = 64;

    /** With less room than this the compactor looks at once. */
    private static final int CLOSE_TO_FULL = 4;

    private final StoreFile file;
    private final MemorySegment segment;
    private final Epochs epochs;
    private final int chunks;

    /**
     * Live bytes of each chunk. Counts down from zero while the chunk is open, since its owner adds
     * what it allocated only on sealing; so it is positive only in sealed chunks.
     */
    private final ChunkCounts liveBytes;

    private final ArrayDeque<Retired> retired = new ArrayDeque<>();
    private int[] ready = new int[LEAST_READY];
    private int readyCount;
    private int headroomChunks = LEAST_READY;
    private int[] cold = new int[64];
    private int coldCount;
    private int nextChunk;
    private int usedChunks;
    private int peakChunks;
    private long limitBytes;
    private long softLimitBytes;
    private boolean isAboveSoftLimit;
    private long softLimitEvents;
    private int changes;
    private final LongAdder freed = new LongAdder();
    private long freedAtLook;
    private boolean isLookDue;
    private final Sleeper compactor = new Sleeper();
    private final Sleeper headroom = new Sleeper();

    /** A background thread that is woken only when it sleeps, or when it cannot wait. */
    private static final class Sleeper {
        private @Nullable Thread thread;
        private boolean asleep;

        void sleeps() {
            thread = Thread.currentThread();
            asleep = true;
        }

        void wake() {
            if (asleep) {
                wakeAtOnce();
            }
        }

        void wakeAtOnce() {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    private record Retired(int chunk, long epoch) {}

    /** An arena of cold chunks; {@link #adopt} those that hold slots before the first use. */
    SlotArena(StoreFile file, Epochs epochs) {
        this.file = file;
        this.epochs = epochs;
        segment = file.arena();
        chunks = Math.toIntExact(segment.byteSize() >>> CHUNK_SHIFT);
        liveBytes = new ChunkCounts(chunks);
    }

    /** Counts a slot that an earlier process stored. */
    void adopt(long address, int slotBytes) {
        int chunk = chunkOf(address);
        liveBytes.include(chunk);
        liveBytes.addAndGet(chunk, slotBytes);
    }

    /** Ends adoption: chunks with slots are sealed, the memory of all others goes back. */
    synchronized void adopted() {
        nextChunk = Math.min(liveBytes.included(), chunks);
        while (nextChunk > 0 && liveBytes.get(nextChunk - 1) == 0) {
            nextChunk--;
        }
        for (int chunk = 0; chunk < nextChunk; chunk++) {
            if (liveBytes.get(chunk) == 0) {
                file.punchArena(chunkAddress(chunk), CHUNK);
                addCold(chunk);
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

    /** Notices when {@link #usedBytes} comes to so much; zero for never. */
    synchronized void softLimit(long bytes) {
        softLimitBytes = bytes;
        isAboveSoftLimit = false;
    }

    private void noticeSoftLimit() {
        if (softLimitBytes == 0) {
            return;
        }
        long used = usedBytes();
        if (used >= softLimitBytes && !isAboveSoftLimit) {
            isAboveSoftLimit = true;
            softLimitEvents++;
            headroom.wakeAtOnce();
        } else if (used < softLimitBytes - softLimitBytes / SOFT_LIMIT_SLACK) {
            isAboveSoftLimit = false;
        }
    }

    synchronized long softLimitBytes() {
        return softLimitBytes;
    }

    /** How often the soft limit was reached from below. */
    synchronized long softLimitEvents() {
        return softLimitEvents;
    }

    /** Limits {@link #usedBytes}; zero for no limit. What is above stays until it is freed. */
    void limit(long bytes) {
        synchronized (this) {
            limitBytes = bytes;
            headroom.wake();
        }
        reclaim();
    }

    /** Keeps {@code bytes} of chunks ready, as far as the limit allows. */
    void headroom(long bytes) {
        synchronized (this) {
            int target =
                    Math.clamp(bytes >> CHUNK_SHIFT, LEAST_READY, Math.max(LEAST_READY, chunks));
            headroomChunks = target;
            ready = Arrays.copyOf(ready, Math.max(target, readyCount));
            headroom.wake();
        }
        reclaim();
    }

    /** Chunks that may be ready while {@code used} are in use. */
    private int readyLimit(int used) {
        if (limitBytes == 0) {
            return headroomChunks;
        }
        return Math.clamp((limitBytes >> CHUNK_SHIFT) - used, 0, headroomChunks);
    }

    private void addReady(int chunk) {
        if (readyCount == ready.length) {
            ready = Arrays.copyOf(ready, readyCount + 1); // the headroom was made smaller meanwhile
        }
        ready[readyCount++] = chunk;
    }

    /**
     * Takes a cold chunk to make it ready, if headroom is missing. Give it back with {@link
     * #madeReady} or {@link #notMadeReady}.
     */
    synchronized int takeCold() {
        return readyCount < readyLimit(usedChunks) ? nextCold() : NONE;
    }

    private void addCold(int chunk) {
        if (coldCount == cold.length) {
            cold = Arrays.copyOf(cold, 2 * coldCount);
        }
        cold[coldCount++] = chunk;
    }

    private int nextCold() {
        if (coldCount > 0) {
            return cold[--coldCount];
        }
        if (nextChunk == chunks) {
            return NONE;
        }
        liveBytes.include(nextChunk);
        return nextChunk++;
    }

    /** Maps the memory of a chunk that {@link #takeCold} gave. */
    boolean populate(int chunk) {
        try {
            file.populateArena(chunkAddress(chunk), CHUNK);
            return true;
        } catch (MemoryFailure e) {
            return false; // the machine or the file system is full
        }
    }

    synchronized void madeReady(int chunk) {
        addReady(chunk);
    }

    synchronized void notMadeReady(int chunk) {
        addCold(chunk);
    }

    /** How often a chunk was opened or retired. */
    synchronized int changes() {
        return changes;
    }

    /** Lets the compactor sleep until the next change, if none has come since; true if it may. */
    synchronized boolean sleepUntilChange(int seen) {
        if (changes != seen) {
            return false;
        }
        compactor.sleeps();
        return true;
    }

    /** Lets the thread that refills the headroom sleep until that is due; true if it may park. */
    synchronized boolean sleepUntilRefill() {
        if (isRefillDue()) {
            return false;
        }
        headroom.sleeps();
        return true;
    }

    private boolean isRefillDue() {
        int limit = readyLimit(usedChunks);
        return readyCount <= limit - Math.max(1, (int) (limit * REFILL_SHARE))
                && (coldCount > 0 || nextChunk < chunks);
    }

    /** Whether enough has become free since the last look for another one. */
    private boolean isMuchFreed() {
        return freed.sum() - freedAtLook > Math.max(CHUNK, usedBytes() / FREED_PER_LOOK);
    }

    /** Called by the compactor when it looks for dead memory. */
    synchronized void looked() {
        isLookDue = false;
        freedAtLook = freed.sum();
    }

    /** Whether the compactor should look for dead memory. */
    synchronized boolean isLookDue() {
        return isLookDue || isMuchFreed();
    }

    private void changed() {
        changes++;
        compactor.wake();
    }

    /**
     * Takes an empty chunk for the caller alone.
     *
     * @param forCompaction whether the caller may take the last chunk there is, which is kept so
     *     that a full arena can still be compacted
     * @return its number, or {@link #NONE}
     */
    int openChunk(boolean forCompaction) {
        int chunk;
        synchronized (this) {
            changed();
            reclaimReady();
            long room = room();
            if (room < CLOSE_TO_FULL || (!isLookDue && isMuchFreed())) {
                isLookDue = true;
                compactor.wakeAtOnce();
            }
            if (room < (forCompaction ? 1 : 2)) {
                return NONE;
            }
            usedChunks++;
            peakChunks = Math.max(peakChunks, usedChunks);
            noticeSoftLimit();
            if (isRefillDue()) {
                headroom.wake();
            }
            if (readyCount > 0) {
                return ready[--readyCount];
            }
            chunk = nextCold();
        }
        if (populate(chunk)) {
            return chunk;
        }
        synchronized (this) {
            usedChunks--;
            addCold(chunk);
            return NONE;
        }
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
        freed.add(slotBytes);
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
            changed();
        }
    }

    /**
     * Makes retired chunks that nobody can read any more ready for use, and gives the memory of
     * those that are more than the headroom back to the system.
     *
     * @return whether retired chunks are left over, waiting for a reader
     */
    boolean reclaim() {
        int[] surplus = new int[PUNCHES_PER_ROUND];
        int count;
        boolean left;
        do {
            synchronized (this) {
                reclaimReady();
                count = 0;
                while (count < surplus.length && isReclaimable()) {
                    surplus[count++] = retired.remove().chunk();
                    usedChunks--;
                }
                while (count < surplus.length && readyCount > readyLimit(usedChunks)) {
                    surplus[count++] = ready[--readyCount];
                }
                left = !retired.isEmpty();
            }
            giveBack(surplus, count);
        } while (count == surplus.length);
        return left;
    }

    private boolean isReclaimable() {
        return !retired.isEmpty() && epochs.quiescent(retired.peek().epoch());
    }

    private void reclaimReady() {
        while (readyCount < readyLimit(usedChunks - 1) && isReclaimable()) {
            usedChunks--;
            addReady(retired.remove().chunk());
        }
    }

    /** Gives memory of chunks that nobody else knows back to the system; then they are cold. */
    private void giveBack(int[] surplus, int count) {
        for (int i = 0; i < count; i++) {
            file.punchArena(chunkAddress(surplus[i]), CHUNK);
        }
        synchronized (this) {
            for (int i = 0; i < count; i++) {
                addCold(surplus[i]);
            }
            if (isRefillDue()) {
                headroom.wake();
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
        long free = readyCount + coldCount + (long) (chunks - nextChunk);
        if (limitBytes == 0) {
            return free;
        }
        return Math.clamp((limitBytes - usedBytes()) >> CHUNK_SHIFT, 0, free);
    }

    /** Bytes of the chunks that are ready. */
    synchronized long headroomBytes() {
        return chunkAddress(readyCount);
    }

    synchronized int retiredChunks() {
        return retired.size();
    }

    /** Bytes of memory held for slots: open, sealed and retired chunks. */
    synchronized long usedBytes() {
        return chunkAddress(usedChunks);
    }

    synchronized int usedChunks() {
        return usedChunks;
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

    /** Zeroes every chunk that was ever used and has memory; nobody uses the arena any more. */
    synchronized void erase() {
        BitSet without = new BitSet(nextChunk);
        for (int i = 0; i < coldCount; i++) {
            without.set(cold[i]);
        }
        for (int chunk = 0; chunk < nextChunk; chunk++) {
            if (!without.get(chunk)) {
                segment.asSlice(chunkAddress(chunk), CHUNK).fill((byte) 0);
            }
        }
    }

    /** Heap bytes of the chunks' own bookkeeping. */
    synchronized long indexBytes() {
        return liveBytes.bytes() + (long) cold.length * Integer.BYTES;
    }
}
