package io.trueno.zram.engine.store;

/**
 * Notices when the memory in use comes to a limit from below. Guarded by the {@link SlotArena}'s
 * lock.
 */
final class SoftLimit {
    /** The limit counts as left when this part of it is free again. */
    private static final int SLACK = 16;

    private long bytes;
    private boolean isAbove;
    private long events;

    /** Changes the limit; zero for none. */
    void bytes(long wanted) {
        bytes = wanted;
        isAbove = false;
    }

    long bytes() {
        return bytes;
    }

    /** How often the limit was reached from below. */
    long events() {
        return events;
    }

    /** Looks at the memory in use; whether it has just come to the limit. */
    boolean isReached(long used) {
        if (bytes == 0) {
            return false;
        }
        if (used >= bytes && !isAbove) {
            isAbove = true;
            events++;
            return true;
        }
        if (used < bytes - bytes / SLACK) {
            isAbove = false;
        }
        return false;
    }
}
