package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.store.CodecShare;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.Recompression;
import io.trueno.zram.engine.store.RecompressionSettings;
import io.trueno.zram.engine.store.StoreStats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.function.DoubleConsumer;
import java.util.function.IntSupplier;

/**
 * {@code bench store --load BACKGROUND}: what recompression by itself gains on a device that is
 * left alone, and what it costs, within its share of one CPU.
 */
final class StoreBackgroundBench {
    private static final long POLL_MILLIS = 100;
    private static final long MOST_NANOS = 900_000_000_000L;

    /** One page of so many is read often. */
    private static final int HOT_SHARE = 16;

    private static final int WARM_UP_PASSES = 30;
    private static final int PASSES = 15;

    /** Has the background look every four seconds, and leave alone what is younger. */
    private static final int LOOK_SECONDS = 16;

    private static final long TAKEN_OUT_MILLIS = 10_000;

    /**
     * The line of {@code bench store --load BACKGROUND}.
     *
     * @param cpu_share of one CPU that it may take
     * @param seconds until it was once through the device
     * @param cpu_seconds that its thread took, training included
     * @param cpu_share_taken of one CPU: the same over {@code seconds}
     * @param compaction_cpu_seconds that the compactor's thread took meanwhile
     * @param saved_bytes of {@code mem_used_total}, less what dictionaries take
     * @param saved_mb_per_cpu_second the same for each second of CPU, compaction included
     * @param effective_ratio_before right after writing
     * @param hot_pages chosen at random, read again and again after that
     * @param hot_read_p50_us of reading one of them, all as recompression left them
     * @param hot_read_alone_p50_us the same when those of clusters were taken out of them
     * @param hot_clustered pages that were
     */
    record Result(
            int pages,
            String policy,
            double cpu_share,
            double seconds,
            double cpu_seconds,
            double cpu_share_taken,
            double compaction_cpu_seconds,
            long pages_tried,
            long pages_gained,
            long saved_bytes,
            double saved_mb_per_cpu_second,
            double effective_ratio_before,
            double effective_ratio_after,
            int hot_pages,
            double hot_read_p50_us,
            double hot_read_p99_us,
            long hot_clustered,
            double hot_read_alone_p50_us,
            double hot_read_alone_p99_us,
            double effective_ratio_alone,
            int verify_failures) {}

    private StoreBackgroundBench() {}

    /**
     * Waits for one pass over a store that is full.
     *
     * @param failures counts pages that are not as they were written
     */
    static Result run(PageStore store, IntSupplier failures, DoubleConsumer progress)
            throws InterruptedException {
        store.compact();
        StoreStats before = store.stats();
        double share = store.recompression().cpuShare();
        double repackBefore = cpuSeconds("-repack");
        double compactBefore = cpuSeconds("-compact");
        long start = System.nanoTime();
        store.recompression(new RecompressionSettings(share, 0)); // all pages are old enough
        while (store.recompressed().pagesTried() == 0 && System.nanoTime() - start < MOST_NANOS) {
            Thread.sleep(POLL_MILLIS);
            progress.accept((double) (System.nanoTime() - start) / MOST_NANOS);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double repack = cpuSeconds("-repack") - repackBefore;
        double compaction = cpuSeconds("-compact") - compactBefore;
        Recompression done = store.recompressed();
        store.recompression(new RecompressionSettings(0, 0));
        store.compact();
        StoreStats after = store.stats();
        int devicePages = Math.toIntExact(store.sizeBytes() / Pages.SIZE);
        int[] hot = Arrays.copyOf(StoreBench.shuffled(devicePages), devicePages / HOT_SHARE);
        Series together = read(store, hot);
        long clustered = clustered(store);
        store.recompression(new RecompressionSettings(share, LOOK_SECONDS));
        Thread.sleep(TAKEN_OUT_MILLIS);
        store.recompression(new RecompressionSettings(0, 0));
        store.compact();
        Series alone = read(store, hot);
        long saved = memory(before) - memory(after);
        return new Result(
                Math.toIntExact(before.origDataSize() / Pages.SIZE),
                store.policy().toString(),
                share,
                seconds,
                repack,
                repack / seconds,
                compaction,
                done.pagesTried(),
                done.pagesGained(),
                saved,
                saved / 1e6 / (repack + compaction),
                before.effectiveRatio(),
                after.effectiveRatio(),
                hot.length,
                together.percentile(50) / 1e3,
                together.percentile(99) / 1e3,
                clustered - clustered(store),
                alone.percentile(50) / 1e3,
                alone.percentile(99) / 1e3,
                store.stats().effectiveRatio(),
                failures.getAsInt());
    }

    private static Series read(PageStore store, int[] pages) {
        Series nanos = new Series();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(Pages.SIZE, 64);
            for (int pass = 0; pass < WARM_UP_PASSES + PASSES; pass++) {
                for (int page : pages) {
                    long start = System.nanoTime();
                    store.read((long) page * Pages.SIZE, target, 0, Pages.SIZE);
                    if (pass >= WARM_UP_PASSES) {
                        nanos.add(System.nanoTime() - start);
                    }
                }
            }
        }
        return nanos;
    }

    private static long clustered(PageStore store) {
        return store.codecs().stream()
                .filter(share -> share.codec().equals("zstd-cluster"))
                .mapToLong(CodecShare::pages)
                .sum();
    }

    private static long memory(StoreStats stats) {
        return stats.memUsedTotal() + stats.dictionaryBytes();
    }

    /** CPU time of the threads of this process whose names end so. */
    private static double cpuSeconds(String suffix) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double seconds = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().endsWith(suffix)) {
                seconds += Math.max(0, threads.getThreadCpuTime(thread.getThreadId())) / 1e9;
            }
        }
        return seconds;
    }
}
