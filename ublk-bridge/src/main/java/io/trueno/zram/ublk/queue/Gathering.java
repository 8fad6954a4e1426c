package io.trueno.zram.ublk.queue;

/**
 * How long a queue lets requests gather before it takes them, so that several share a system call.
 *
 * <p>A thread that is faster than its client finds requests one at a time, each for a system call
 * of its own. A client that keeps many under way does not need each answer at once; one that keeps
 * few does. So from time to time the thread waits for long: what has come then, and what it holds
 * back itself, is what the client keeps under way. Half of what that is beyond {@link #FEW}, {@link
 * #MOST_TOGETHER} at most, is waited for from then on, and for how long is learned from what comes,
 * without asking the clock. Where waiting as long as is allowed brings less than half a few times
 * in a row, it ends until the next probe. Probes that find few requests under way become rare.
 *
 * <p>One thread.
 */
final class Gathering {
    /** Requests wanted together: more gain little, and wait longer. */
    static final int MOST_TOGETHER = 6;

    /** A client that keeps no more under way never waits, but for probes. */
    static final int FEW = 8;

    /** How many times longer a probe waits than others ever do. */
    static final int PROBE = 4;

    /** Requests between two probes: at least and at most. */
    static final int LEAST_BETWEEN = 256;

    static final int MOST_BETWEEN = 4096;

    /** Waits in vain, one after the other, after which there are none until the next probe. */
    static final int MOST_IN_VAIN = 4;

    private final int mostLooks;
    private int between = LEAST_BETWEEN;
    private int untilProbe = LEAST_BETWEEN;
    private boolean isProbe;
    private int wanted = 1;
    private int looks;
    private int heldBack;
    private int inVain;

    /**
     * @param mostLooks for which a request waits for others, but in probes; 0 if none does
     */
    Gathering(int mostLooks) {
        this.mostLooks = mostLooks;
    }

    /** Waits for more requests; the first of a batch is there. */
    void await() {
        isProbe = untilProbe <= 0;
        int until = looks();
        for (int i = 0; i < until; i++) {
            Thread.onSpinWait();
        }
    }

    /** How long a batch waits now. */
    int looks() {
        return isProbe ? PROBE * mostLooks : looks;
    }

    /** Learns how many requests were taken together; their results wait for the next batch. */
    void took(int requests) {
        untilProbe -= requests;
        if (requests == 0) {
            heldBack = 0; // nothing came, of which nothing can be learned
        } else if (isProbe) {
            isProbe = false;
            inVain = 0;
            wanted = Math.clamp((heldBack + requests - FEW) / 2, 1, MOST_TOGETHER);
            looks = wanted == 1 ? 0 : Math.min(mostLooks, PROBE * mostLooks / requests * wanted);
            between = wanted == 1 ? Math.min(MOST_BETWEEN, 2 * between) : LEAST_BETWEEN;
            untilProbe = between;
        } else if (requests > wanted) {
            looks -= (looks + 7) / 8;
        } else if (requests < wanted) {
            boolean isInVain = looks == mostLooks && requests <= wanted / 2;
            inVain = isInVain ? inVain + 1 : 0;
            looks = Math.min(mostLooks, looks + looks / 8 + 8);
            if (inVain == MOST_IN_VAIN) {
                wanted = 1;
                looks = 0;
            }
        }
        heldBack = requests;
    }
}
