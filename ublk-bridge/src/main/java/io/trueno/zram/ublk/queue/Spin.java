package io.trueno.zram.ublk.queue;

import io.trueno.zram.ublk.uring.Uring;

/**
 * How long a queue looks for its next request before it sleeps. Waking a thread takes several
 * microseconds, so under load it pays to look a little longer; on an idle device it would burn a
 * processor. So the limit doubles when looking found something and halves when it did not.
 *
 * <p>One thread.
 */
final class Spin {
    private static final int LEAST_LOOKS = 16;
    private static final int LOOKS_PER_TRIAL = 4096;
    private static final int TRIALS = 20; // the loop is compiled by then

    private final int mostLooks;
    private int looks;

    /**
     * @param mostLooks at the ring before sleeping; 0 never looks, as on one processor, where
     *     nobody could bring a request meanwhile
     */
    Spin(int mostLooks) {
        this.mostLooks = mostLooks;
        looks = Math.min(LEAST_LOOKS, mostLooks);
    }

    /** Looks for a while; whether the ring has work now. */
    boolean findsWork(Uring ring) {
        for (int i = 0; i < looks; i++) {
            if (ring.hasWork()) {
                looks = Math.min(mostLooks, 2 * looks);
                return true;
            }
            Thread.onSpinWait();
        }
        looks = Math.max(Math.min(LEAST_LOOKS, mostLooks), looks / 2);
        return false;
    }

    /**
     * How many turns of an empty waiting loop this processor does in so many nanoseconds: between
     * kinds of processors that differs by ten. Takes some milliseconds.
     */
    static int looksIn(long nanos) {
        long least = Long.MAX_VALUE;
        for (int trial = 0; trial < TRIALS; trial++) {
            long start = System.nanoTime();
            for (int i = 0; i < LOOKS_PER_TRIAL; i++) {
                Thread.onSpinWait();
            }
            least = Math.min(least, System.nanoTime() - start);
        }
        return Math.clamp(nanos * LOOKS_PER_TRIAL / Math.max(1, least), 1, Integer.MAX_VALUE);
    }
}
