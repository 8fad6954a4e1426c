package io.trueno.zram.engine.store;

import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a thread at a share of one CPU: it works, tells so, and is put to sleep for as long as the
 * share demands. Time on the clock counts as time worked, so on a busy machine it takes less than
 * its share.
 */
final class CpuBudget {
    private static final long SHORTEST_SLEEP_NANOS = 1_000_000;

    /** With a smaller share a thread would sleep for very long after one piece of work. */
    private static final double LEAST_SHARE = 0.001;

    private long owedNanos;

    /**
     * Sleeps, if it is time to, after {@code nanos} of work.
     *
     * @param share of one CPU, 0 to 1
     */
    void spent(long nanos, double share) {
        owedNanos += (long) (nanos * (1 / Math.max(share, LEAST_SHARE) - 1));
        if (owedNanos >= SHORTEST_SLEEP_NANOS) {
            long start = System.nanoTime();
            LockSupport.parkNanos(owedNanos);
            owedNanos -= System.nanoTime() - start;
        }
    }
}
