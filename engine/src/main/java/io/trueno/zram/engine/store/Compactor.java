package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Empties thin chunks: moves what is live in them to a fresh chunk, so that their memory can serve
 * again. A pass picks the thinnest chunks, then walks the page table once and moves every page that
 * lies in one of them; the table says what is live, so slots need no back pointers.
 *
 * <p>One daemon thread, off the request path; requests go on during a pass. Each move is a
 * compare-and-set of the page's entry and gives way to any write.
 */
final class Compactor implements AutoCloseable {
    /** A pass starts when this share of the memory held is dead, and stops at half of it. */
    private static final double DEAD_SHARE = 1.0 / 64;

    /**
     * What a chunk may lose without being thin: at its end, where the next cluster did not fit any
     * more, and in holes that will be filled.
     */
    private static final int LOST_PER_CHUNK = SlotArena.CHUNK / 32;

    /** The same when compaction is asked for. */
    private static final int LEAST_LOST_PER_CHUNK = SlotArena.CHUNK / 64;

    /** A pass that would save less is not made. */
    private static final long WORTHWHILE_BYTES = SlotArena.CHUNK / 8;

    /** A pass by itself moves at most this part of the memory, since it holds that twice. */
    private static final int PASSES = 32;

    /** But it moves at least as much as so many chunks may hold. */
    private static final long LEAST_TO_MOVE = 4 * SlotArena.CHUNK;

    /**
     * While chunks are opened and retired this thread looks by the clock, so that requests need not
     * wake it, which would cost them tens of microseconds.
     */
    private static final long LOOK_NANOS = 10_000_000;

    /** Pages looked at before the lane's epoch is renewed, so that old memory can be reclaimed. */
    private static final int PAGES_PER_RENEWAL = 1024;

    private static final long RECLAIM_RETRY_NANOS = 1_000_000;

    private final PageTable table;
    private final SlotArena arena;
    private final Epochs epochs;
    private final PageIo io;
    private final Lane lane;
    private final Thread thread;
    private volatile boolean closed;
    private final AtomicLong pagesCompacted = new AtomicLong();

    /**
     * @param lane reserved for this compactor
     */
    Compactor(
            String device, PageTable table, SlotArena arena, Epochs epochs, PageIo io, Lane lane) {
        this.table = table;
        this.arena = arena;
        this.epochs = epochs;
        this.io = io;
        this.lane = lane;
        thread = Thread.ofPlatform().daemon().name(device + "-compact").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    long pagesCompacted() {
        return pagesCompacted.get();
    }

    private void run() {
        int changes = 0;
        int looked = -1; // not at all: what an earlier process left may be thin
        while (!closed) {
            boolean isRetiredLeft = arena.reclaim();
            int now = arena.changes();
            boolean isQuiet = now == changes;
            changes = now;
            if (arena.isLookDue() || (isQuiet && changes != looked)) {
                looked = changes;
                compactIfWorthwhile();
            }
            if (closed) {
                return;
            } else if (!isQuiet) {
                LockSupport.parkNanos(LOOK_NANOS);
            } else if (isRetiredLeft) {
                LockSupport.parkNanos(RECLAIM_RETRY_NANOS);
            } else if (arena.sleepUntilChange(changes)) {
                LockSupport.park();
            }
        }
    }

    private void compactIfWorthwhile() {
        boolean goesOn = true;
        while (goesOn && !closed) {
            arena.looked();
            long used = arena.usedBytes();
            long limit = (long) (used * DEAD_SHARE);
            goesOn =
                    deadBytes(LOST_PER_CHUNK) > limit
                            && pass(LOST_PER_CHUNK, limit / 2, used / PASSES);
            arena.reclaim();
        }
    }

    /** Bytes in sealed chunks that no page uses, but for what each of them may lose. */
    private long deadBytes(int lost) {
        long dead = 0;
        int end = arena.chunkHighWater();
        for (int chunk = 0; chunk < end; chunk++) {
            int live = arena.sealedLiveBytes(chunk);
            if (live > 0) {
                dead += deadIn(live, lost);
            }
        }
        return dead;
    }

    private static int deadIn(int liveBytes, int lost) {
        return Math.max(0, SlotArena.CHUNK - lost - liveBytes);
    }

    /** Compacts until it gains nothing more; gives the bytes saved. */
    synchronized long compact() {
        long before = arena.usedBytes();
        boolean gained;
        do {
            gained = compactFurther();
        } while (gained);
        return Math.max(0, before - arena.usedBytes());
    }

    /**
     * Called when a write has found no memory, by its thread, which must not hold a lane: waits for
     * the requests that still hold back what is retired, else compacts at once, and waits a moment
     * for memory.
     *
     * @return whether there is room
     */
    boolean makeRoom() {
        boolean room = arena.awaitReclaim();
        boolean gained = true;
        while (!room && gained) {
            gained = compactFurther();
            room = arena.hasRoom(); // the pass may have been the other thread's
        }
        return room && arena.awaitReady();
    }

    /**
     * One pass; whether it has noticeably gained something: less is dead, or more can be stored.
     * Either may hide the other, when a chunk in which much is dead was filled up and counts from
     * then on, or when requests take what was gained. What a pass of another thread has emptied is
     * reclaimed first: without that room this one might find nowhere to move to.
     */
    private synchronized boolean compactFurther() {
        reclaimAll();
        long dead = deadBytes(LEAST_LOST_PER_CHUNK);
        long storable = storableBytes();
        pass(LEAST_LOST_PER_CHUNK, 0, Long.MAX_VALUE);
        reclaimAll();
        return deadBytes(LEAST_LOST_PER_CHUNK) <= dead - WORTHWHILE_BYTES
                || storableBytes() >= storable + WORTHWHILE_BYTES;
    }

    /** Bytes that can be stored without freeing anything. */
    private long storableBytes() {
        return arena.room() * SlotArena.CHUNK + lane.restBytes();
    }

    /** Waits for requests that may still read what was retired; they wait for nothing here. */
    private void reclaimAll() {
        while (arena.reclaim() && !closed) {
            LockSupport.parkNanos(RECLAIM_RETRY_NANOS);
        }
    }

    /**
     * Moves as much as there is room for beside the chunk that is kept for compaction; where that
     * is nothing, or requests took the room meanwhile, what fits in the kept chunk. That always
     * empties what it began with, so that there is a chunk to keep again: half of it moved might
     * have emptied none.
     *
     * @param lostPerChunk bytes of each chunk that do not count as dead
     * @param deadBytesToLeave how much may stay dead
     * @param mostToMove how many bytes may be moved; what is moved is held twice until the end
     * @return whether anything was moved
     */
    private synchronized boolean pass(int lostPerChunk, long deadBytesToLeave, long mostToMove) {
        epochs.enter(lane.number);
        try {
            // requests may take all that a limit leaves beside the kept chunk before the pass ends
            long besideKept = arena.limitBytes() == 0 ? Math.max(0, arena.room() - 1) : 0;
            if (empty(lostPerChunk, deadBytesToLeave, mostToMove, besideKept)) {
                return true;
            }
            lane.use(SlotArena.ChunkUse.COMPACTION);
            return empty(lostPerChunk, deadBytesToLeave, mostToMove, Math.min(1, arena.room()));
        } finally {
            lane.use(SlotArena.ChunkUse.BACKGROUND);
            epochs.exit(lane.number);
        }
    }

    /** Whether there were thin chunks and all of them were emptied; the caller holds the lane. */
    private boolean empty(
            int lostPerChunk, long deadBytesToLeave, long mostToMove, long chunksToMoveTo) {
        int lost = SlotLayout.slotBytes(Pages.SIZE); // at most, at the end of a chunk
        long room = chunksToMoveTo * (SlotArena.CHUNK - lost);
        room += Math.max(0, lane.openBytes() - lost);
        room = Math.min(room, Math.max(mostToMove, LEAST_TO_MOVE));
        BitSet victims = chooseVictims(lostPerChunk, deadBytesToLeave, room);
        if (victims.isEmpty()) {
            return false;
        }
        notFrom(victims, lane.chunkOfLastCut());
        long pages = table.pages();
        for (long page = 0; page < pages; page++) {
            long entry = table.get(page);
            if (PageEntry.isSlot(entry)
                    && victims.get(SlotArena.chunkOf(PageEntry.address(entry)))) {
                if (!io.move(lane, page, entry)) {
                    return false; // nowhere to move to
                }
                epochs.renew(lane.number); // the scheduler may put this thread aside
                notFrom(victims, lane.chunkOfLastCut());
            } else if (page % PAGES_PER_RENEWAL == 0) {
                epochs.renew(lane.number);
                if (closed) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Chunks that were emptied may be opened again before the pass is over: what is moved there
     * shall stay.
     */
    private static void notFrom(BitSet victims, int chunk) {
        if (chunk != SlotArena.NONE) {
            victims.clear(chunk);
        }
    }

    /**
     * The thinnest sealed chunks, enough of them to leave no more than that much dead, and no more
     * than there is room to move to: a pass gives no chunk back before its end.
     */
    private BitSet chooseVictims(int lostPerChunk, long deadBytesToLeave, long room) {
        int end = arena.chunkHighWater();
        long[] thinnestFirst = new long[end];
        int sealed = 0;
        long dead = 0;
        for (int chunk = 0; chunk < end; chunk++) {
            int live = arena.sealedLiveBytes(chunk);
            if (live > 0) {
                thinnestFirst[sealed++] = (long) live << 32 | chunk;
                dead += deadIn(live, lostPerChunk);
            }
        }
        Arrays.sort(thinnestFirst, 0, sealed);
        long live = 0;
        long saved = 0;
        int count = 0;
        while (count < sealed && dead - saved > deadBytesToLeave) {
            int liveInChunk = (int) (thinnestFirst[count] >>> 32);
            live += liveInChunk;
            if (live > room) {
                break;
            }
            saved += deadIn(liveInChunk, lostPerChunk);
            count++;
        }
        BitSet victims = new BitSet(end);
        if (saved < WORTHWHILE_BYTES) {
            return victims;
        }
        pagesCompacted.addAndGet(saved >>> Pages.SHIFT);
        for (int i = 0; i < count; i++) {
            int chunk = (int) thinnestFirst[i];
            arena.forgetHoles(chunk); // nothing shall be put there any more
            room -= Math.max(0, arena.sealedLiveBytes(chunk)); // which requests may just have done
            if (room >= 0) {
                victims.set(chunk);
            }
        }
        return victims;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // the pass ends by itself within moments
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
