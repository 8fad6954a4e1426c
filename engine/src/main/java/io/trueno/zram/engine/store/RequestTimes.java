package io.trueno.zram.engine.store;

import org.HdrHistogram.Histogram;

/**
 * How long the requests of one kind took that one lane served. Only the lane's holder touches it,
 * so recording is a few additions and allocates nothing. Looking at the clock is what costs, most
 * of all on machines where that is a system call: short requests are sampled.
 */
final class RequestTimes {
    /** The start of a request that is not timed. The clock is never there but for a nanosecond. */
    static final long NOT_TIMED = 0;

    /** Of this many short requests one is timed, and stands for all of them. */
    private static final int SAMPLED = 8;

    private static final long LEAST_NANOS = 16;
    private static final long MOST_NANOS = 10_000_000_000L;
    private static final int DIGITS = 2;

    private final Histogram nanos = empty();
    private int requests;

    static Histogram empty() {
        return new Histogram(LEAST_NANOS, MOST_NANOS, DIGITS);
    }

    /**
     * Called as a request begins.
     *
     * @return when it did if it is to be timed, else {@link #NOT_TIMED}
     */
    long begin(boolean isShort) {
        return !isShort || ++requests % SAMPLED == 0 ? System.nanoTime() : NOT_TIMED;
    }

    /**
     * Notes a request that ends now, unless its start is {@link #NOT_TIMED}.
     *
     * @param isSample whether it stands for others that were not timed
     */
    void end(long start, boolean isSample) {
        if (start != NOT_TIMED) {
            long took = System.nanoTime() - start;
            nanos.recordValueWithCount(Math.clamp(took, 0, MOST_NANOS), isSample ? SAMPLED : 1);
        }
    }

    void addTo(Histogram sum) {
        sum.add(nanos);
    }
}
