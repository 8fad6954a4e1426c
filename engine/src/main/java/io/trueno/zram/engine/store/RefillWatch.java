package io.trueno.zram.engine.store;

/**
 * How the thread fares that makes chunks ready, for those who wait for one. Guarded by the {@link
 * SlotArena}'s lock.
 */
final class RefillWatch {
    private boolean isAtWork;
    private long begunNanos;
    private int failures;
    private boolean isGivenUp;

    /** Memory for a chunk is asked for. */
    void begins(long nowNanos) {
        isAtWork = true;
        begunNanos = nowNanos;
    }

    /** It is there, or it was refused. */
    void ends(boolean isReady) {
        isAtWork = false;
        if (!isReady) {
            failures++;
        }
    }

    /**
     * Nobody waits for memory any more until there is plenty again. What comes in drips meanwhile
     * would let the system go on looking for the rest, where it had better end somebody.
     */
    void giveUp() {
        isGivenUp = true;
    }

    /** Ends {@link #giveUp}. */
    void resume() {
        isGivenUp = false;
    }

    boolean isGivenUp() {
        return isGivenUp;
    }

    /** How often memory was refused, modulo 2^32. */
    int failures() {
        return failures;
    }

    /**
     * How long the system has been looking for memory.
     *
     * @param waitingSince counts from then while nothing is asked for
     */
    long nanosAtWork(long waitingSince, long now) {
        return now - (isAtWork ? begunNanos : waitingSince);
    }
}
