package io.trueno.zram.engine.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/**
 * How long requests of one kind took, from their call to their return; those that failed are not
 * among them. A request is as long as its caller made it, one page or many. Of requests of at most
 * a page each eighth is timed and counted eight times, and of writes, beside those, each that waits
 * for memory.
 *
 * @param count of requests
 * @param sumNanos of their times, within one in a hundred
 * @param p50Nanos median; 0 if there was no request, as below
 * @param p99Nanos 99th percentile
 * @param p999Nanos 99.9th percentile
 * @param maxNanos longest
 * @param buckets how many took at most so long, of rising bounds
 */
public record LatencyStats(
        long count,
        long sumNanos,
        long p50Nanos,
        long p99Nanos,
        long p999Nanos,
        long maxNanos,
        List<Bucket> buckets) {
    private static final long[] BOUNDS = {
        1_000,
        2_000,
        4_000,
        8_000,
        16_000,
        32_000,
        64_000,
        128_000,
        256_000,
        512_000,
        1_000_000,
        4_000_000,
        16_000_000,
        64_000_000,
        256_000_000,
        1_000_000_000
    };

    /**
     * How many requests took at most so long.
     *
     * @param count of all that took at most {@code upToNanos}
     */
    public record Bucket(long upToNanos, long count) {}

    /** Of the requests of all lanes; each is held for a moment, while requests take others. */
    static LatencyStats of(Lane[] lanes, Epochs epochs, Function<Lane, RequestTimes> times) {
        Histogram sum = RequestTimes.empty();
        for (Lane lane : lanes) {
            epochs.enter(lane.number);
            try {
                times.apply(lane).addTo(sum);
            } finally {
                epochs.exit(lane.number);
            }
        }
        return of(sum);
    }

    private static LatencyStats of(Histogram nanos) {
        List<Bucket> buckets = new ArrayList<>();
        for (long bound : BOUNDS) {
            buckets.add(new Bucket(bound, nanos.getCountBetweenValues(0, bound)));
        }
        long count = nanos.getTotalCount();
        return new LatencyStats(
                count,
                count == 0 ? 0 : Math.round(nanos.getMean() * count),
                nanos.getValueAtPercentile(50),
                nanos.getValueAtPercentile(99),
                nanos.getValueAtPercentile(99.9),
                nanos.getMaxValue(),
                buckets);
    }
}
