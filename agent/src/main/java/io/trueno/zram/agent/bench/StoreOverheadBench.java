package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.store.PageStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * {@code bench store --overhead}: what verification and statistics cost a read. The same pages are
 * read in the same random order with both, with one of them and with neither, by turns of a few
 * hundred pages, so that all four see the same machine.
 */
public final class StoreOverheadBench {
    private static final int TURN = 512;
    private static final int WARM_UP_ROUNDS = 8;
    private static final List<Variant> VARIANTS =
            List.of(
                    new Variant(false, false),
                    new Variant(true, false),
                    new Variant(false, true),
                    new Variant(true, true));

    private record Variant(boolean verifies, boolean times) {}

    /**
     * The line of {@code bench store --overhead}; times of reading one page in nanoseconds, medians
     * over the rounds.
     *
     * @param bare_ns with neither
     * @param checksum_cost share of the bare time that the checksum adds
     * @param statistics_cost share that timing requests adds
     * @param both_cost share that both add
     */
    public record Result(
            int pages,
            int rounds,
            double bare_ns,
            double checksum_ns,
            double statistics_ns,
            double both_ns,
            double checksum_cost,
            double statistics_cost,
            double both_cost) {}

    private StoreOverheadBench() {}

    /** Measures on a store that holds every page of {@code order}, on one thread. */
    static Result run(PageStore store, int[] order, int rounds, DoubleConsumer progress) {
        Series[] series = new Series[VARIANTS.size()];
        for (int v = 0; v < series.length; v++) {
            series[v] = new Series();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(Pages.SIZE, 64);
            for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
                long[] nanos = new long[series.length];
                for (int start = 0; start < order.length; start += TURN) {
                    int end = Math.min(order.length, start + TURN);
                    for (int turn = 0; turn < series.length; turn++) {
                        int v = (turn + start / TURN) % series.length; // nobody is always first
                        nanos[v] += read(store, VARIANTS.get(v), order, start, end, target);
                    }
                }
                for (int v = 0; v < series.length && round >= WARM_UP_ROUNDS; v++) {
                    series[v].add(nanos[v]);
                }
                progress.accept((round + 1.0) / (WARM_UP_ROUNDS + rounds));
            }
        }
        double bare = series[0].percentile(50);
        double checksum = series[1].percentile(50);
        double statistics = series[2].percentile(50);
        double both = series[3].percentile(50);
        return new Result(
                order.length,
                rounds,
                bare / order.length,
                checksum / order.length,
                statistics / order.length,
                both / order.length,
                checksum / bare - 1,
                statistics / bare - 1,
                both / bare - 1);
    }

    private static long read(
            PageStore store, Variant variant, int[] order, int from, int to, MemorySegment target) {
        store.verifyChecksums(variant.verifies());
        store.timeRequests(variant.times());
        long start = System.nanoTime();
        for (int i = from; i < to; i++) {
            store.read((long) order[i] * Pages.SIZE, target, 0, Pages.SIZE);
        }
        return System.nanoTime() - start;
    }
}
