package io.trueno.zram.engine.store;

import io.trueno.zram.engine.BlockIoException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Who is at work, and since when: the locks of the lanes and the grace periods of the arena, in one
 * word per lane. A lane's word is zero when the lane is free, else the epoch in which it was taken.
 *
 * <p>Memory that was unlinked in epoch {@code e} may still be read by lanes taken in {@code e} or
 * before, and by nobody else: a lane takes its word with a compare-and-set before it loads any page
 * table entry, so a lane that {@link #quiescent} saw free loads entries that are newer than the
 * unlinking. (Epoch-based reclamation: Fraser, "Practical lock-freedom", 2004, section 5.2.3.)
 */
final class Epochs {
    private static final long CLOSED = -1;
    private static final int STRIDE = 16; // 128 bytes: no two lanes share a prefetched line pair

    /** A lane is held for about as long as a page takes. */
    private static final long BUSY_WAIT_NANOS = 5_000;

    private static final long QUIESCENCE_WAIT_NANOS = 100_000;

    private final int lanes;
    private final int shared;
    private final AtomicLongArray words;
    private final AtomicLong now = new AtomicLong(1);

    /**
     * @param shared lanes that {@link #enterAny} hands out
     * @param reserved lanes after them, entered by number
     */
    Epochs(int shared, int reserved) {
        this.shared = shared;
        this.lanes = shared + reserved;
        words = new AtomicLongArray(lanes * STRIDE);
    }

    int lanes() {
        return lanes;
    }

    /**
     * Takes a free lane, the one this thread took last if possible; waits for one if all are busy,
     * which is for as long as some other request takes.
     *
     * @return the lane's number; give it back with {@link #exit}
     * @throws BlockIoException.BadRequest once {@link #close} was called
     */
    int enterAny() {
        int first = (int) (Thread.currentThread().threadId() % shared);
        int lane = first;
        while (true) {
            if (tryEnter(lane)) {
                return lane;
            }
            lane = lane + 1 == shared ? 0 : lane + 1;
            if (lane == first) {
                LockSupport.parkNanos(BUSY_WAIT_NANOS);
            }
        }
    }

    /** Takes a reserved lane, waiting until it is free. */
    void enter(int lane) {
        while (!tryEnter(lane)) {
            LockSupport.parkNanos(BUSY_WAIT_NANOS);
        }
    }

    private boolean tryEnter(int lane) {
        if (words.compareAndSet(lane * STRIDE, 0, now.get())) {
            return true;
        }
        if (words.get(lane * STRIDE) == CLOSED) {
            throw new BlockIoException.BadRequest("the device is closed");
        }
        return false;
    }

    /**
     * Moves a held lane into the current epoch, between two pages, when its holder keeps nothing
     * that it loaded before: so that long requests do not hold memory back.
     */
    void renew(int lane) {
        long current = now.get();
        if (words.getPlain(lane * STRIDE) != current) {
            words.set(lane * STRIDE, current);
        }
    }

    void exit(int lane) {
        words.setRelease(lane * STRIDE, 0);
    }

    /** Ends the current epoch; what was unlinked in it carries the number returned. */
    long endEpoch() {
        return now.getAndIncrement();
    }

    /** Whether nobody can still read what was unlinked in {@code epoch} or before. */
    boolean quiescent(long epoch) {
        for (int lane = 0; lane < lanes; lane++) {
            long word = words.get(lane * STRIDE);
            if (word != 0 && word <= epoch) {
                return false;
            }
        }
        return true;
    }

    /**
     * Waits until nobody can still use what was unlinked before this call. The caller holds no
     * lane.
     */
    void awaitQuiescence() {
        long epoch = endEpoch();
        while (!quiescent(epoch) && !isClosed()) {
            LockSupport.parkNanos(QUIESCENCE_WAIT_NANOS);
        }
    }

    private boolean isClosed() {
        return words.get(0) == CLOSED;
    }

    /** Waits until every lane that is held now was given back or renewed. */
    void awaitQuiescent() {
        long epoch = endEpoch();
        while (!quiescent(epoch)) {
            LockSupport.parkNanos(BUSY_WAIT_NANOS);
        }
    }

    /** Waits until every lane is free and keeps them all for ever. */
    void close() {
        for (int lane = 0; lane < lanes; lane++) {
            while (!words.compareAndSet(lane * STRIDE, 0, CLOSED)
                    && words.get(lane * STRIDE) != CLOSED) {
                LockSupport.parkNanos(BUSY_WAIT_NANOS);
            }
        }
    }
}
