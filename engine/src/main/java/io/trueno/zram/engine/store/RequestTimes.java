package io.trueno.zram.engine.store;

import org.HdrHistogram.Histogram;

/**
 * How long the requests of one kind took that one lane served. Only the lane's holder touches it,
 * so recording is a few additions and allocates nothing. Looking at the clock is what costs: short
 * requests are sampled.
 */
final class RequestTimes {
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

    /** Whether the next short request is one to be timed. */
    boolean isNextSampled() {
        return ++requests % SAMPLED == 0;
    }

    /** Notes a request that ends now. */
    void add(long startNanos) {
        add(startNanos, 1);
    }

    /** Notes a short request that ends now, and those it stands for. */
    void addSample(long startNanos) {
        add(startNanos, SAMPLED);
    }

    private void add(long startNanos, int count) {
        long took = System.nanoTime() - startNanos;
        nanos.recordValueWithCount(Math.clamp(took, 0, MOST_NANOS), count);
    }

    void addTo(Histogram sum) {
        sum.add(nanos);
    }
}
