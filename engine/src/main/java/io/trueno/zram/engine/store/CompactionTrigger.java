package io.trueno.zram.engine.store;

import java.util.concurrent.atomic.LongAdder;

/**
 * Tells the {@link Compactor} when to look for dead memory. Guarded by the {@link SlotArena}'s
 * lock, but for the count of what is freed.
 */
final class CompactionTrigger {
    /** When this part of the memory in use has become free, the compactor looks at once. */
    private static final int FREED_PER_LOOK = 32;

    private final LongAdder freed = new LongAdder();
    private final Sleeper compactor = new Sleeper();
    private long freedAtLook;
    private boolean isLookDue;
    private int changes;

    /** Counts bytes that were freed; needs no lock. */
    void freed(int bytes) {
        freed.add(bytes);
    }

    /** Notes that a chunk was opened or retired, or that much was freed. */
    void changed() {
        changes++;
        compactor.wake();
    }

    /** How often {@link #changed} was called. */
    int changes() {
        return changes;
    }

    /** Has the compactor look at once if there is a reason that it does not know of. */
    void lookIf(boolean isFull, long usedBytes) {
        if (isFull || (!isLookDue && isMuchFreed(usedBytes))) {
            isLookDue = true;
            compactor.wakeAtOnce();
        }
    }

    /** Whether the compactor should look. */
    boolean isLookDue(long usedBytes) {
        return isLookDue || isMuchFreed(usedBytes);
    }

    private boolean isMuchFreed(long usedBytes) {
        return freed.sum() - freedAtLook > Math.max(SlotArena.CHUNK, usedBytes / FREED_PER_LOOK);
    }

    /** Called by the compactor when it looks. */
    void looked() {
        isLookDue = false;
        freedAtLook = freed.sum();
    }

    /** Lets the compactor sleep until the next change, if none has come since; true if it may. */
    boolean sleepUntilChange(int seen) {
        if (changes != seen) {
            return false;
        }
        compactor.sleeps();
        return true;
    }
}
