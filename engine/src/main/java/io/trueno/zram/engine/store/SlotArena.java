package io.trueno.zram.engine.store;

import io.trueno.zram.engine.memory.MemoryFailure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The memory that slots live in: the larger part of the store file, cut into chunks. A lane takes a
 * chunk, fills it from front to back with slots of any length, seals it and takes the next; so
 * slots lie without gaps, and taking one is an addition. A freed slot lowers its chunk's count of
 * live bytes, and the lane that freed it may fill the gap ({@link Holes}). When the last slot of a
 * sealed chunk is freed the chunk is retired, and once no lane can still read it, its memory serves
 * again or goes back to the system. The {@link Compactor} empties chunks that have become thin.
 *
 * <p>Life of a chunk: {@code cold -> ready -> open -> sealed -> retired -> ready or cold}. A cold
 * chunk has no memory; a ready one has it mapped already, so that slots in it fault no page in
 * ({@link Headroom}).
 *
 * <p>Threading: {@link #free} and {@link #fill} are lock-free; what happens once per chunk is
 * synchronized, but for system calls.
 */
final class SlotArena {
    static final int CHUNK_SHIFT = 17;

    /** Bytes in a chunk. */
    static final int CHUNK = 1 << CHUNK_SHIFT;

    /** Answer of {@link #openChunk}: the limit or the arena's end is reached, or none is ready. */
    static final int NONE = -1;

    /** How long a writer waits for a chunk while the system looks for memory. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Retired chunks kept for the next writer even without headroom. */
    private static final int LEAST_READY = 4;

    /** Headroom is refilled when this share of it is used up. */
    private static final double REFILL_SHARE = 1.0 / 4;

    /** With this share of the headroom or less, it is refilled whatever the machine is short of. */
    private static final double SCARCE_SHARE = 1.0 / 4;

    private static final long RECLAIM_RETRY_NANOS = 100_000;
    private static final int PUNCHES_PER_ROUND = 64;

    /** With less room than this the compactor looks at once. */
    private static final int CLOSE_TO_FULL = 4;

    private final StoreFile file;
    private final MemorySegment segment;
    private final Epochs epochs;
    private final int chunks;
    private final ChunkStates states;
    private final EmptyChunks empty;
    private final ArrayDeque<Retired> retired = new ArrayDeque<>();
    private final SoftLimit softLimit = new SoftLimit();
    private final CompactionTrigger compaction = new CompactionTrigger();
    private final Sleeper headroom = new Sleeper();
    private boolean isMemoryShort;
    private final RefillWatch refill = new RefillWatch();
    private int headroomChunks = LEAST_READY;
    private boolean isKeptReady;
    private int usedChunks;
    private int peakChunks;
    private long limitBytes;

    private record Retired(int chunk, long epoch) {}

    /**
     * What a chunk is opened for, which says what the caller may take. The last chunk that there is
     * room or, when the system has no more, memory for is kept for {@code COMPACTION}, so that a
     * full arena can still be compacted; who takes it shall empty another.
     */
    enum ChunkUse {
        REQUEST,
        BACKGROUND,
        COMPACTION
    }

    /** An arena of cold chunks; {@link #adopt} those that hold slots before the first use. */
    SlotArena(StoreFile file, Epochs epochs) {
        this.file = file;
        this.epochs = epochs;
        segment = file.arena();
        chunks = Math.toIntExact(segment.byteSize() >>> CHUNK_SHIFT);
        states = new ChunkStates(chunks);
        empty = new EmptyChunks(chunks, states, LEAST_READY);
    }

    /** Counts a slot that an earlier process stored. */
    void adopt(long address, int slotBytes) {
        int chunk = chunkOf(address);
        states.include(chunk);
        states.add(chunk, slotBytes);
    }

    /**
     * Ends adoption: chunks with slots are sealed. Of the others, as many as are to be ready keep
     * the memory that they have, and are the first to be made ready: when an agent has been killed
     * there may be no other. The memory of the rest goes back.
     */
    synchronized void adopted() {
        BitSet used = new BitSet();
        for (int chunk = 0; chunk < Math.min(states.included(), chunks); chunk++) {
            used.set(chunk, states.live(chunk) > 0);
        }
        usedChunks = used.cardinality();
        peakChunks = usedChunks;
        BitSet kept = taken(used, readyLimit(usedChunks));
        int end = Math.max(used.length(), kept.length());
        empty.startAt(end);
        if (end > 0) {
            states.include(end - 1);
        }
        for (int chunk = used.nextClearBit(0); chunk < end; chunk = used.nextClearBit(chunk + 1)) {
            if (!kept.get(chunk)) {
                file.punchArena(chunkAddress(chunk), CHUNK);
                empty.addCold(chunk);
            }
        }
        for (int chunk = end; (chunk = kept.previousSetBit(chunk - 1)) >= 0; ) {
            empty.addCold(chunk); // taken from the end
        }
        if (end < chunks) {
            file.punchArena(chunkAddress(end), chunkAddress(chunks - end));
        }
    }

    /** The first chunks, {@code most} at most, that have memory and are not used. */
    private BitSet taken(BitSet used, int most) {
        BitSet taken = new BitSet();
        int chunk = used.nextClearBit(0);
        while (taken.cardinality() < most && chunk < chunks) {
            long next = file.nextTakenArena(chunkAddress(chunk));
            if (next == -1) {
                return taken;
            }
            chunk = used.nextClearBit(chunkOf(next));
            if (chunk == chunkOf(next)) {
                taken.set(chunk);
                chunk = used.nextClearBit(chunk + 1);
            }
        }
        return taken;
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
        softLimit.bytes(bytes);
    }

    synchronized long softLimitBytes() {
        return softLimit.bytes();
    }

    /** How often the soft limit was reached from below. */
    synchronized long softLimitEvents() {
        return softLimit.events();
    }

    /** Limits {@link #usedBytes}; zero for no limit. What is above stays until it is freed. */
    void limit(long bytes) {
        synchronized (this) {
            limitBytes = bytes;
            headroom.wake();
        }
        reclaim();
    }

    /**
     * Keeps {@code bytes} of chunks ready, as far as the limit allows. Requests take ready chunks
     * only then, so that they never wait for the system to find memory; with 0 they do.
     */
    void headroom(long bytes) {
        synchronized (this) {
            isKeptReady = bytes > 0;
            headroomChunks =
                    Math.clamp(bytes >> CHUNK_SHIFT, LEAST_READY, Math.max(LEAST_READY, chunks));
            empty.expectReady(headroomChunks);
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

    /**
     * Takes a cold chunk to make it ready, if headroom is missing. Give it back with {@link
     * #madeReady} or {@link #notMadeReady}.
     */
    synchronized int takeCold() {
        if (empty.readyCount() >= readyLimit(usedChunks)) {
            return NONE;
        }
        int chunk = empty.takeCold();
        if (chunk != NONE) {
            refill.begins(System.nanoTime());
        }
        return chunk;
    }

    /** Whether headroom is missing, but enough is left for a while. */
    synchronized boolean canRefillWait() {
        int limit = readyLimit(usedChunks);
        int ready = empty.readyCount();
        return ready < limit && ready > Math.max(1, (int) (limit * SCARCE_SHARE));
    }

    /** Maps the memory of a chunk that {@link #takeCold} gave. */
    boolean populate(int chunk) {
        try {
            file.populateArena(chunkAddress(chunk), CHUNK);
            return true;
        } catch (MemoryFailure e) { // the machine or the file system is full
            file.punchArena(chunkAddress(chunk), CHUNK); // what there was of it
            return false;
        }
    }

    synchronized void madeReady(int chunk) {
        empty.addReady(chunk);
        isMemoryShort = false;
        refill.ends(true);
        if (!isRefillDue()) {
            refill.resume();
        }
        notifyAll();
    }

    synchronized void notMadeReady(int chunk) {
        empty.addCold(chunk);
        isMemoryShort = true;
        refill.ends(false);
        notifyAll();
    }

    /**
     * Waits until a chunk is ready for the caller, who holds no lane. Not for long: where this is
     * swap, who frees memory may wait for the very request that waits here.
     *
     * @return false if there is no memory for one
     */
    synchronized boolean awaitReady() {
        int failures = refill.failures();
        long start = System.nanoTime();
        reclaimReady();
        while (!isChunkForRequest()) {
            long left = PATIENCE_NANOS - refill.nanosAtWork(start, System.nanoTime());
            if (left <= 0) {
                refill.giveUp();
            }
            // the first to fail may have begun before there was what the second would have found
            if (refill.isGivenUp() || refill.failures() - failures >= 2) {
                return false;
            }
            headroom.wakeAtOnce();
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            reclaimReady();
        }
        return true;
    }

    private boolean isChunkForRequest() {
        return !isKeptReady || (isReadyBesideLast() && !refill.isGivenUp());
    }

    /** The last ready chunk is for compaction, unless there is no other memory to take. */
    private boolean isReadyBesideLast() {
        return empty.readyCount() > 1 || !empty.hasCold();
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
        return empty.readyCount() <= limit - Math.max(1, (int) (limit * REFILL_SHARE))
                && empty.hasCold();
    }

    /** How often something has changed that the compactor may have to see to. */
    synchronized int changes() {
        return compaction.changes();
    }

    /** Lets the compactor sleep until the next change, if none has come since; true if it may. */
    synchronized boolean sleepUntilChange(int seen) {
        return compaction.sleepUntilChange(seen);
    }

    /** Whether the compactor should look for dead memory. */
    synchronized boolean isLookDue() {
        return compaction.isLookDue(usedBytes());
    }

    /** Called by the compactor when it looks for dead memory. */
    synchronized void looked() {
        compaction.looked();
    }

    /**
     * Called by a lane from time to time, after many slots were freed. Where the compactor gets so
     * little of the processors that retired chunks pile up, this gives one of them back.
     */
    void freedMany() {
        int surplus = NONE;
        synchronized (this) {
            compaction.changed();
            reclaimReady();
            if (retired.size() > LEAST_READY && isReclaimable()) {
                surplus = retired.remove().chunk();
                usedChunks--;
            }
        }
        if (surplus != NONE) {
            giveBack(surplus);
        }
    }

    /**
     * Takes an empty chunk for the caller alone.
     *
     * @return its number, or {@link #NONE}
     */
    int openChunk(ChunkUse use) {
        boolean takesLast = use == ChunkUse.COMPACTION;
        int chunk;
        synchronized (this) {
            compaction.changed();
            reclaimReady();
            long room = room();
            compaction.lookIf(room < CLOSE_TO_FULL, usedBytes());
            if (room < (takesLast ? 1 : 2)) {
                headroom.wake(); // there may be memory again
                return NONE;
            }
            if (use == ChunkUse.REQUEST && !isChunkForRequest()) {
                return NONE;
            }
            usedChunks++;
            peakChunks = Math.max(peakChunks, usedChunks);
            if (softLimit.isReached(usedBytes())) {
                headroom.wakeAtOnce();
            }
            if (isRefillDue()) {
                headroom.wake();
            }
            if (isReadyBesideLast() || (takesLast && empty.readyCount() > 0)) {
                return empty.takeReady();
            }
            chunk = empty.takeCold();
        }
        boolean isPopulated = populate(chunk);
        synchronized (this) {
            isMemoryShort = !isPopulated;
            if (isPopulated) {
                return chunk;
            }
            usedChunks--;
            empty.addCold(chunk);
            return NONE;
        }
    }

    /**
     * Ends the caller's ownership of an open chunk.
     *
     * @param allocatedBytes of all slots that were cut from it, freed ones too
     */
    void seal(int chunk, int allocatedBytes) {
        if (ChunkStates.live(states.add(chunk, allocatedBytes)) == 0) {
            retire(chunk);
        }
    }

    /**
     * Gives up a slot that no page table entry points to any more.
     *
     * @return the state of its chunk then, for {@link #isHole}
     */
    long free(long address, int slotBytes) {
        compaction.freed(slotBytes);
        int chunk = chunkOf(address);
        long state = states.add(chunk, -slotBytes);
        if (ChunkStates.live(state) == 0) {
            retire(chunk);
        }
        return state;
    }

    /** Whether what {@link #free} gave says that the slot has left a hole that can be filled. */
    static boolean isHole(long state) {
        return ChunkStates.live(state) > 0;
    }

    /**
     * Takes a slot in a hole, if its chunk is still in the generation of the hole. The caller alone
     * knows of the hole, and nobody can read what was in it.
     */
    boolean fill(long address, int slotBytes, int generation) {
        return states.addIf(chunkOf(address), generation, slotBytes);
    }

    /** The generation that a chunk is in; a hole in it counts until that ends. */
    int generation(int chunk) {
        return states.generationOf(chunk);
    }

    /** Has the holes of a chunk not be filled any more. */
    void forgetHoles(int chunk) {
        states.endGeneration(chunk);
    }

    private void retire(int chunk) {
        forgetHoles(chunk);
        // the chunk's last entry was replaced before this call, so this epoch or an earlier one is
        // the last in which a lane can have loaded it
        Retired entry = new Retired(chunk, epochs.endEpoch());
        synchronized (this) {
            retired.add(entry);
            compaction.changed();
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
                while (count < surplus.length && empty.readyCount() > readyLimit(usedChunks)) {
                    surplus[count++] = empty.takeReady();
                }
                left = !retired.isEmpty();
            }
            for (int i = 0; i < count; i++) {
                giveBack(surplus[i]);
            }
        } while (count == surplus.length);
        return left;
    }

    private boolean isReclaimable() {
        return !retired.isEmpty() && epochs.quiescent(retired.peek().epoch());
    }

    private void reclaimReady() {
        while (empty.readyCount() < readyLimit(usedChunks - 1) && isReclaimable()) {
            usedChunks--;
            empty.addReady(retired.remove().chunk());
        }
    }

    /** Gives the memory of a chunk that nobody else knows back to the system; then it is cold. */
    private void giveBack(int surplus) {
        file.punchArena(chunkAddress(surplus), CHUNK);
        synchronized (this) {
            empty.addCold(surplus);
            isMemoryShort = false;
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

    /** How many chunks can be opened before the limit, or the end of the arena or of memory. */
    synchronized long room() {
        long free = isMemoryShort ? empty.readyCount() : empty.count();
        if (limitBytes == 0) {
            return free;
        }
        return Math.clamp((limitBytes - usedBytes()) >> CHUNK_SHIFT, 0, free);
    }

    /** Bytes of the chunks that are ready. */
    synchronized long headroomBytes() {
        return chunkAddress(empty.readyCount());
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
        return empty.highWater();
    }

    /** Live bytes if the chunk is sealed, else zero or less. */
    int sealedLiveBytes(int chunk) {
        return states.live(chunk);
    }

    /** Zeroes every chunk that was ever used and has memory; nobody uses the arena any more. */
    synchronized void erase() {
        BitSet cold = empty.cold();
        for (int chunk = 0; chunk < empty.highWater(); chunk++) {
            if (!cold.get(chunk)) {
                segment.asSlice(chunkAddress(chunk), CHUNK).fill((byte) 0);
            }
        }
    }

    /** Heap bytes of the chunks' own bookkeeping. */
    synchronized long indexBytes() {
        return states.bytes() + empty.bytes();
    }
}
