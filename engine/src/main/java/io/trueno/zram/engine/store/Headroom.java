package io.trueno.zram.engine.store;

import io.trueno.zram.engine.memory.FreeMemory;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps arena memory mapped ahead of its use, so that a write neither faults a page in nor waits
 * for the system to find memory: which, where the device is swap, is what the write is made for.
 *
 * <p>Where memory is short it is taken as the kernel frees it, as long as there is some headroom
 * left: who would take the rest in one go would leave nothing to others who serve the same swap.
 *
 * <p>One daemon thread. It fills the arena's headroom and sleeps until a part of that is used up.
 * It also tells of the soft limit, which has to be told off the request path too.
 */
final class Headroom implements AutoCloseable {
    /** Between two attempts while the machine has no memory. */
    private static final long RETRY_NANOS = 100_000_000;

    private final SlotArena arena;
    private final FreeMemory free = new FreeMemory();
    private final Thread thread;
    private final CountDownLatch filled = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile Runnable onSoftLimit = () -> {};
    private long told;

    Headroom(String device, SlotArena arena) {
        this.arena = arena;
        thread = Thread.ofPlatform().daemon().name(device + "-headroom").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            boolean isFull = refill();
            filled.countDown();
            tellOfSoftLimit();
            if (!isFull) {
                LockSupport.parkNanos(RETRY_NANOS);
            } else if (arena.sleepUntilRefill()) {
                LockSupport.park();
            }
        }
    }

    /** Off the request path: whoever is told may take his time. */
    private void tellOfSoftLimit() {
        long events = arena.softLimitEvents();
        if (events != told) {
            told = events;
            try {
                onSoftLimit.run();
            } catch (RuntimeException e) {
                log().log(Level.WARNING, "a listener of the soft limit failed", e);
            }
        }
    }

    /** Sets whom to tell that the soft limit was reached. */
    void onSoftLimit(Runnable listener) {
        onSoftLimit = listener;
    }

    /** Waits until the headroom was filled for the first time. */
    void await() throws InterruptedException {
        filled.await();
    }

    /** Whether there was memory for all that is missing. */
    private boolean refill() {
        while (!closed) {
            if (arena.canRefillWait() && !free.take(SlotArena.CHUNK)) {
                return false;
            }
            int chunk = arena.takeCold();
            if (chunk == SlotArena.NONE) {
                return true;
            }
            if (!arena.populate(chunk)) {
                arena.notMadeReady(chunk);
                return false;
            }
            arena.madeReady(chunk);
        }
        return true;
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
                interrupted = true; // it ends by itself within moments
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Made when there is something to say: finding out who logs takes long, and users wait. */
    private static Logger log() {
        return System.getLogger(Headroom.class.getName());
    }
}
