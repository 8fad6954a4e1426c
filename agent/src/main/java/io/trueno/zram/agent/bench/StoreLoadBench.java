package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.store.Deduplication;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreStats;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleConsumer;

/**
 * What {@code bench store --load} measures over a longer life of one device: {@code CHURN} how much
 * of the memory is packed pages after many overwrites, {@code MIXED} how two threads compare with
 * one, {@code FOOTPRINT} what the process takes beside the arena, {@code BACKGROUND} what
 * recompression gains and costs ({@link StoreBackgroundBench}), {@code TWINS} what deduplication
 * does. Every page carries content that its number and version tell, and is verified at the end.
 */
public final class StoreLoadBench {
    private static final int CHURN_DEVICES = 10;
    private static final int READ_PERCENT = 70;
    private static final int OPERATIONS = 60_000;
    private static final int WARM_UP_ROUNDS = 3;

    private final PageSet pages;
    private final PageStore store;
    private final int devicePages;
    private final int[] version;

    /**
     * Opens a device and fills it.
     *
     * @param devicePages pages of the device; contents repeat
     */
    StoreLoadBench(PageSet pages, PageStore store, int devicePages) {
        this.pages = pages;
        this.store = store;
        this.devicePages = devicePages;
        version = new int[devicePages];
        for (int page = 0; page < devicePages; page++) {
            write(page);
        }
    }

    /**
     * The line of {@code bench store --load CHURN}. A density is {@code compr_data_size} over
     * {@code mem_used_total}.
     *
     * @param churn_writes overwrites in random order, ten times the device's pages
     * @param density_filled when each page was written once
     * @param density_churned right after the last overwrite
     * @param density_lowest at the worst moment of a hundred looks during the churn
     * @param density_compacted after compaction on request
     */
    public record Churn(
            int pages,
            long churn_writes,
            double density_filled,
            double density_churned,
            double density_lowest,
            double density_compacted,
            int verify_failures) {}

    /**
     * The line of {@code bench store --load MIXED}: medians over the rounds, uniformly random
     * pages. One thread, two threads on one store, and two threads on a store each take turns: the
     * last have nothing in common but the machine, and tell what it gives to two threads of this
     * work.
     *
     * @param speedup what two threads do over what one does
     * @param machine_speedup the same of two threads with a store each
     */
    public record Mixed(
            int pages,
            int read_percent,
            double one_thread_kops,
            double two_threads_kops,
            double two_stores_kops,
            double speedup,
            double machine_speedup,
            int verify_failures) {}

    /**
     * The line of {@code bench store --load FOOTPRINT}.
     *
     * @param rss_bytes resident memory of this process, with the filled device
     * @param sample_bytes of it, the pages that were written, which only a measurement keeps
     * @param rss_overhead_bytes what is beyond them, {@code mem_used_total} and the headroom
     */
    public record Footprint(
            long device_bytes,
            long mem_used_total,
            long headroom_bytes,
            long index_bytes,
            long rss_bytes,
            long sample_bytes,
            long rss_overhead_bytes,
            int verify_failures) {}

    /**
     * The lines of {@code bench store --load TWINS}.
     *
     * @param pages_shared with others
     * @param seconds that it took
     */
    public record Twins(
            long pages,
            long pages_shared,
            long saved_bytes,
            double seconds,
            double effective_ratio_before,
            double effective_ratio_after,
            int verify_failures) {}

    Twins twins() {
        double before = store.stats().effectiveRatio();
        long start = System.nanoTime();
        Deduplication done = store.deduplicate();
        double seconds = (System.nanoTime() - start) / 1e9;
        store.compact();
        return new Twins(
                devicePages,
                done.pagesShared(),
                done.bytesSaved(),
                seconds,
                before,
                store.stats().effectiveRatio(),
                verifyFailures());
    }

    Churn churn(DoubleConsumer progress) {
        double filled = density();
        double lowest = filled;
        Random random = new Random(42);
        long writes = (long) CHURN_DEVICES * devicePages;
        for (long i = 0; i < writes; i++) {
            write(random.nextInt(devicePages));
            if (i % (writes / 100 + 1) == 0) {
                lowest = Math.min(lowest, density());
                progress.accept((double) i / writes);
            }
        }
        double churned = density();
        store.compact();
        return new Churn(devicePages, writes, filled, churned, lowest, density(), verifyFailures());
    }

    private double density() {
        StoreStats stats = store.stats();
        return (double) stats.comprDataSize() / stats.memUsedTotal();
    }

    /**
     * @param other another store like this one
     */
    Mixed mixed(StoreLoadBench other, int rounds, DoubleConsumer progress)
            throws InterruptedException {
        Series one = new Series();
        Series two = new Series();
        Series apart = new Series();
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
                int seed = round;
                long alone = timed(pool, () -> operate(0, 1, seed));
                long together = timed(pool, () -> operate(0, 2, seed), () -> operate(1, 2, seed));
                long separate =
                        timed(pool, () -> operate(0, 1, seed), () -> other.operate(0, 1, seed));
                if (round >= WARM_UP_ROUNDS) {
                    one.add(alone);
                    two.add(together);
                    apart.add(separate);
                }
                progress.accept((round + 1.0) / (WARM_UP_ROUNDS + rounds));
            }
        }
        double oneKops = OPERATIONS * 1e6 / one.percentile(50);
        double twoKops = 2 * OPERATIONS * 1e6 / two.percentile(50);
        double apartKops = 2 * OPERATIONS * 1e6 / apart.percentile(50);
        return new Mixed(
                devicePages,
                READ_PERCENT,
                oneKops,
                twoKops,
                apartKops,
                twoKops / oneKops,
                apartKops / oneKops,
                verifyFailures() + other.verifyFailures());
    }

    /** Nanoseconds that it takes to do all of {@code work} at the same time. */
    private static long timed(ExecutorService pool, Runnable... work) throws InterruptedException {
        List<Future<?>> running = new ArrayList<>();
        long start = System.nanoTime();
        for (Runnable share : work) {
            running.add(pool.submit(share));
        }
        for (Future<?> future : running) {
            try {
                future.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a measuring thread failed", e.getCause());
            }
        }
        return System.nanoTime() - start;
    }

    private void operate(int thread, int threads, int round) {
        Random random = new Random(round * 31L + thread);
        MemorySegment target = MemorySegment.ofArray(new byte[Pages.SIZE]);
        for (int i = 0; i < OPERATIONS; i++) {
            int page = random.nextInt(devicePages);
            if (random.nextInt(100) < READ_PERCENT) {
                store.read((long) page * Pages.SIZE, target, 0, Pages.SIZE);
            } else { // each thread writes pages of its own, so that the last version is known
                write(Math.min(devicePages - 1, page / threads * threads + thread));
            }
        }
    }

    Footprint footprint() throws IOException {
        StoreStats stats = store.stats();
        int failures = verifyFailures();
        long rss = residentBytes();
        return new Footprint(
                store.sizeBytes(),
                stats.memUsedTotal(),
                stats.headroomBytes(),
                stats.indexBytes(),
                rss,
                pages.bytes(),
                rss - pages.bytes() - stats.memUsedTotal() - stats.headroomBytes(),
                failures);
    }

    StoreBackgroundBench.Result background(DoubleConsumer progress) throws InterruptedException {
        return StoreBackgroundBench.run(store, this::verifyFailures, progress);
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .sum();
    }

    private void write(int page) {
        int next = version[page] + 1;
        store.write((long) page * Pages.SIZE, pages.memory(), content(page, next), Pages.SIZE);
        version[page] = next;
    }

    private long content(int page, int ofVersion) {
        return pages.offset((int) ((page + 7919L * ofVersion) % pages.count()));
    }

    private int verifyFailures() {
        int failures = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(Pages.SIZE);
            for (int page = 0; page < devicePages; page++) {
                store.read((long) page * Pages.SIZE, target, 0, Pages.SIZE);
                long expected = content(page, version[page]);
                boolean same =
                        MemorySegment.mismatch(
                                        target,
                                        0,
                                        Pages.SIZE,
                                        pages.memory(),
                                        expected,
                                        expected + Pages.SIZE)
                                < 0;
                failures += same ? 0 : 1;
            }
        }
        return failures;
    }
}
