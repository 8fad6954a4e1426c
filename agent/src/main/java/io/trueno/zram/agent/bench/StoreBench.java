package io.trueno.zram.agent.bench;

import io.trueno.zram.agent.dictionary.ZstdJniDictionaryTrainer;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.PageCompressor;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.Recompression;
import io.trueno.zram.engine.store.RecompressionRequest;
import io.trueno.zram.engine.store.StoreOptions;
import io.trueno.zram.engine.store.StoreStats;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Scanner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleConsumer;

/**
 * {@code bench store}: writes all pages into a fresh store, reads all back in random order and
 * compares. The first rounds warm up; memory is taken from the last round, speeds are medians. What
 * recompression makes of the pages is made once and read in several passes, after as many to warm
 * up.
 */
public final class StoreBench {
    private static final int WARM_UP_ROUNDS = 4;
    private static final long SHUFFLE_SEED = 42;

    /**
     * What to measure.
     *
     * @param algorithm that the store writes with
     * @param policy of the store
     * @param recompress whether to gain what recompression can before reading
     * @param backend SIMD backend of the codecs
     * @param threads threads that write, then read, at the same time
     * @param rounds measured rounds
     */
    public record Options(
            Algorithm algorithm,
            SelectionPolicy policy,
            boolean recompress,
            SimdBackend backend,
            int threads,
            int rounds) {}

    private final PageStream stream;
    private final Options options;
    private final int[] lastWrites;
    private final int[] readOrder;
    private final long[] writeNanos;
    private final long[] readNanos;
    private final long[] aloneNanos;
    private final List<MemorySegment> targets = new ArrayList<>();
    private final List<PageCompressor> compressors = new ArrayList<>();
    private final int[] failures;

    private StoreBench(PageStream stream, Options options) {
        this.stream = stream;
        this.options = options;
        lastWrites = stream.lastWrites();
        readOrder = shuffled(stream.devicePages());
        writeNanos = new long[stream.writes()];
        readNanos = new long[stream.devicePages()];
        aloneNanos = new long[stream.writes()];
        failures = new int[options.threads()];
        for (int t = 0; t < options.threads(); t++) {
            targets.add(Arena.ofAuto().allocate(2L * Pages.SIZE, 64));
            compressors.add(
                    PageCompressor.builder()
                            .algorithm(Algorithm.LZ4)
                            .backend(options.backend())
                            .build());
        }
    }

    /**
     * Runs the measurement.
     *
     * @param progress told the done fraction, 0 to 1, from time to time
     * @throws IOException if the process's memory use cannot be read
     */
    public static StoreResult run(PageStream stream, Options options, DoubleConsumer progress)
            throws IOException, InterruptedException {
        return new StoreBench(stream, options).run(progress);
    }

    /** What to do over a longer life of one device. */
    public enum Load {
        /** Overwrite it ten times. */
        CHURN,
        /** Read and write it, with one thread and with two; and two devices, with a thread each. */
        MIXED,
        /** Fill it, and see what the process takes. */
        FOOTPRINT,
        /** Fill it, and let it be recompressed by itself. */
        BACKGROUND,
        /** Fill it, and let pages of the same content share memory. */
        TWINS
    }

    /**
     * Measures one long-lived device.
     *
     * @param deviceBytes of the device; 0 for as much as there are pages
     * @param progress told the done fraction, 0 to 1, from time to time
     * @return the record to print
     */
    public static Record load(
            PageStream stream,
            Options options,
            Load load,
            long deviceBytes,
            DoubleConsumer progress)
            throws IOException, InterruptedException {
        PageSet pages = stream.contents();
        int devicePages =
                deviceBytes == 0 ? pages.count() : Math.toIntExact(deviceBytes / Pages.SIZE);
        StoreBench stores = new StoreBench(stream, options);
        boolean trains = load == Load.BACKGROUND;
        try (PageStore store = stores.open(devicePages, trains)) {
            StoreLoadBench bench = new StoreLoadBench(pages, store, devicePages);
            return switch (load) {
                case CHURN -> bench.churn(progress);
                case MIXED -> {
                    try (PageStore second = stores.open(devicePages, false)) {
                        StoreLoadBench other = new StoreLoadBench(pages, second, devicePages);
                        yield bench.mixed(other, options.rounds(), progress);
                    }
                }
                case FOOTPRINT -> bench.footprint();
                case BACKGROUND -> bench.background(progress);
                case TWINS -> bench.twins();
            };
        }
    }

    /**
     * Measures what verification and statistics cost a read.
     *
     * @param progress told the done fraction, 0 to 1, from time to time
     */
    public static StoreOverheadBench.Result overhead(
            PageStream stream, Options options, DoubleConsumer progress)
            throws IOException, InterruptedException {
        StoreBench bench = new StoreBench(stream, options);
        try (PageStore store = bench.open()) {
            for (int lane = 0; lane < options.threads(); lane++) {
                bench.write(store, lane);
            }
            return StoreOverheadBench.run(store, bench.readOrder, options.rounds(), progress);
        }
    }

    private StoreResult run(DoubleConsumer progress) throws IOException, InterruptedException {
        Series writes = new Series();
        Series reads = new Series();
        Series writePages = new Series();
        Series readPages = new Series();
        Series alonePages = new Series();
        int rounds = WARM_UP_ROUNDS + (options.recompress() ? 1 : options.rounds());
        StoreStats stats = null;
        long rssGrowth = 0;
        long recompressNanos = 0;
        Recompression recompression = Recompression.NONE;
        try (ExecutorService pool = Executors.newFixedThreadPool(options.threads())) {
            for (int round = 0; round < rounds; round++) {
                long rssBefore = residentBytes();
                try (PageStore store = open()) {
                    long write = timed(pool, lane -> write(store, lane));
                    rssGrowth = residentBytes() - rssBefore;
                    boolean recompresses = options.recompress() && round == rounds - 1;
                    if (recompresses) {
                        long start = System.nanoTime();
                        recompression = store.recompress(RecompressionRequest.ALL);
                        store.compact();
                        recompressNanos = System.nanoTime() - start;
                        store.awaitHeadroom();
                    }
                    stats = store.stats();
                    if (round >= WARM_UP_ROUNDS) {
                        writes.add(write);
                        writePages.addAll(writeNanos);
                    }
                    timed(pool, this::pack);
                    if (round >= WARM_UP_ROUNDS) {
                        alonePages.addAll(aloneNanos);
                    }
                    int passes = recompresses ? WARM_UP_ROUNDS + options.rounds() : 1;
                    for (int pass = 0; pass < passes; pass++) {
                        long read = timed(pool, lane -> read(store, lane));
                        if (round + pass >= WARM_UP_ROUNDS * (recompresses ? 2 : 1)) {
                            reads.add(read);
                            readPages.addAll(readNanos);
                        }
                    }
                }
                progress.accept((round + 1.0) / rounds);
            }
        }
        if (stats == null) {
            throw new IllegalArgumentException("no rounds: rounds=" + options.rounds());
        }
        int failed = 0;
        for (int f : failures) {
            failed += f;
        }
        return new StoreResult(
                stream.writes(),
                options.threads(),
                options.algorithm().toString(),
                options.policy().toString(),
                stats.origDataSize(),
                stats.comprDataSize(),
                stats.memUsedTotal(),
                stats.indexBytes(),
                stats.dictionaryBytes(),
                stats.effectiveRatio(),
                stats.samePages(),
                stats.hugePages(),
                CodecBench.gigabytesPerSecond(stream.writes(), writes.percentile(50)),
                CodecBench.gigabytesPerSecond(stream.devicePages(), reads.percentile(50)),
                writePages.percentile(50) / 1e3,
                writePages.percentile(99) / 1e3,
                writePages.percentile(99.9) / 1e3,
                readPages.percentile(50) / 1e3,
                readPages.percentile(99) / 1e3,
                readPages.percentile(99.9) / 1e3,
                alonePages.percentile(50) / 1e3,
                alonePages.percentile(99) / 1e3,
                alonePages.percentile(99.9) / 1e3,
                stats.headroomBytes(),
                recompression.pagesTried(),
                recompression.pagesGained(),
                recompressNanos / 1e9,
                rssGrowth,
                rssGrowth - stats.memUsedTotal() - stats.headroomBytes(),
                failed);
    }

    private PageStore open() throws IOException, InterruptedException {
        return open(stream.devicePages(), options.recompress());
    }

    private PageStore open(int devicePages, boolean trains)
            throws IOException, InterruptedException {
        PageStore store =
                PageStore.open(
                        new StoreOptions(
                                "bench",
                                (long) devicePages * Pages.SIZE,
                                options.algorithm(),
                                options.policy(),
                                options.backend(),
                                0,
                                StoreOptions.DEFAULT_HEADROOM_BYTES,
                                trains
                                        ? Optional.of(new ZstdJniDictionaryTrainer())
                                        : Optional.empty(),
                                Optional.empty()));
        store.awaitHeadroom();
        return store;
    }

    private interface Share {
        void run(int lane);
    }

    private long timed(ExecutorService pool, Share share) throws InterruptedException {
        long start = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < options.threads(); t++) {
            int lane = t;
            running.add(pool.submit(() -> share.run(lane)));
        }
        for (Future<?> thread : running) {
            try {
                thread.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a measuring thread failed", e.getCause());
            }
        }
        return System.nanoTime() - start;
    }

    /** Writes of one page stay in order: a thread takes the pages that are its number modulo. */
    private void write(PageStore store, int lane) {
        int threads = options.threads();
        MemorySegment contents = stream.contents().memory();
        for (int i = 0; i < stream.writes(); i++) {
            int page = stream.target(i);
            if (page % threads == lane) {
                long start = System.nanoTime();
                store.write(
                        (long) page * Pages.SIZE,
                        contents,
                        stream.contents().offset(i),
                        Pages.SIZE);
                writeNanos[i] = System.nanoTime() - start;
            }
        }
    }

    /** The packing part of {@link #write} without a store. */
    private void pack(int lane) {
        MemorySegment contents = stream.contents().memory();
        MemorySegment target = targets.get(lane);
        for (int i = 0; i < stream.writes(); i++) {
            if (stream.target(i) % options.threads() == lane) {
                long start = System.nanoTime();
                compressors
                        .get(lane)
                        .compress(
                                contents.asSlice(stream.contents().offset(i), Pages.SIZE), target);
                aloneNanos[i] = System.nanoTime() - start;
            }
        }
    }

    private void read(PageStore store, int lane) {
        MemorySegment target = targets.get(lane);
        MemorySegment contents = stream.contents().memory();
        for (int i = lane; i < readOrder.length; i += options.threads()) {
            int page = readOrder[i];
            long start = System.nanoTime();
            store.read((long) page * Pages.SIZE, target, 0, Pages.SIZE);
            readNanos[i] = System.nanoTime() - start;
            int write = lastWrites[page];
            boolean same =
                    write < 0
                            ? isZero(target)
                            : MemorySegment.mismatch(
                                            target,
                                            0,
                                            Pages.SIZE,
                                            contents,
                                            stream.contents().offset(write),
                                            stream.contents().offset(write) + Pages.SIZE)
                                    < 0;
            if (!same) {
                failures[lane]++;
            }
        }
    }

    private static boolean isZero(MemorySegment page) {
        return page.get(ValueLayout.JAVA_BYTE, 0) == 0
                && MemorySegment.mismatch(page, 0, Pages.SIZE - 1, page, 1, Pages.SIZE) < 0;
    }

    static int[] shuffled(int count) {
        int[] order = new int[count];
        Random random = new Random(SHUFFLE_SEED);
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** Resident memory of this process, shared memory files included. */
    private static long residentBytes() throws IOException {
        try (Scanner fields = new Scanner(Path.of("/proc/self/statm"), StandardCharsets.US_ASCII)) {
            fields.nextLong(); // size of the address space
            return fields.nextLong() * 4096;
        }
    }
}
