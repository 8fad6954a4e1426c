package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;

/**
 * {@code bench codec}: compresses and decompresses every page with every subject, slice by slice in
 * turn, so that all subjects see the same machine. A first pass warms up and verifies; speeds are
 * medians over the rounds after it.
 */
public final class CodecBench {
    /**
     * What to measure.
     *
     * @param algorithms what to measure
     * @param backends our SIMD backends to measure each algorithm on
     * @param policies what to choose codecs by, where ADAPTIVE is among the algorithms
     * @param peers whether to measure the reference libraries beside ours
     * @param threads threads that work at the same time, each with codecs of its own
     * @param rounds measured passes over the pages
     */
    public record Options(
            List<Algorithm> algorithms,
            List<SimdBackend> backends,
            List<SelectionPolicy> policies,
            boolean peers,
            int threads,
            int rounds) {}

    private static final int WARM_UP_ROUNDS = 3;

    private CodecBench() {}

    /**
     * Runs the measurement.
     *
     * @param progress told the done fraction, 0 to 1, from time to time
     */
    public static List<CodecResult> run(PageSet pages, Options options, DoubleConsumer progress)
            throws InterruptedException {
        return run(pages, options.threads(), options.rounds(), () -> subjects(options), progress);
    }

    /**
     * Runs the measurement.
     *
     * @param subjects makes the subjects of one thread
     */
    static List<CodecResult> run(
            PageSet pages,
            int threads,
            int rounds,
            Supplier<List<CodecSubject>> subjects,
            DoubleConsumer progress)
            throws InterruptedException {
        List<CodecLane> lanes = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            lanes.add(new CodecLane(pages, t, threads, subjects.get()));
        }
        int passes = WARM_UP_ROUNDS + rounds + 1;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int pass = 0; pass < passes; pass++) {
                CodecLane.Mode mode =
                        pass == 0
                                ? CodecLane.Mode.VERIFY
                                : pass < WARM_UP_ROUNDS
                                        ? CodecLane.Mode.WARM_UP
                                        : pass == passes - 1
                                                ? CodecLane.Mode.LATENCY
                                                : CodecLane.Mode.THROUGHPUT;
                List<Future<?>> running = new ArrayList<>();
                for (CodecLane lane : lanes) {
                    running.add(pool.submit(() -> lane.pass(mode)));
                }
                for (Future<?> lane : running) {
                    await(lane);
                }
                progress.accept((pass + 1.0) / passes);
            }
        }
        List<CodecResult> results = new ArrayList<>();
        for (int s = 0; s < lanes.getFirst().subjectCount(); s++) {
            results.add(CodecLane.result(lanes, s, pages));
        }
        return results;
    }

    private static void await(Future<?> lane) throws InterruptedException {
        try {
            lane.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a measuring thread failed", e.getCause());
        }
    }

    static List<CodecSubject> subjects(Options options) {
        List<CodecSubject> subjects = new ArrayList<>();
        for (Algorithm algorithm : options.algorithms()) {
            for (SimdBackend backend : options.backends()) {
                if (algorithm.kind() == Algorithm.Kind.ADAPTIVE) {
                    for (SelectionPolicy policy : options.policies()) {
                        subjects.add(new TruenoAdaptive(policy, backend));
                    }
                } else {
                    subjects.add(new TruenoCodec(algorithm, backend));
                }
            }
            if (options.peers()) {
                addPeers(algorithm, subjects);
            }
        }
        return subjects;
    }

    private static void addPeers(Algorithm algorithm, List<CodecSubject> subjects) {
        switch (algorithm.kind()) {
            case LZ4 -> {
                subjects.add(new Liblz4(algorithm));
                subjects.add(new Aircompressor(Algorithm.Kind.LZ4));
            }
            case LZ4HC -> subjects.add(new Liblz4(algorithm));
            case ZSTD -> {
                subjects.add(new Libzstd(algorithm.level()));
                if (algorithm.level() == Algorithm.parse("zstd").level()) {
                    subjects.add(new Aircompressor(Algorithm.Kind.ZSTD));
                }
            }
            case ZSTD_STATIC, ADAPTIVE -> {}
            case NONE, SAME_FILL ->
                    throw new IllegalArgumentException(
                            "not a codec that can be measured: " + algorithm);
        }
    }

    /**
     * Pages that one subject works on before the next has its turn. Few enough that what all
     * subjects write, each to places of its own, fits the cache, as a store's scratch memory does;
     * with 256 our LZ4 was at 0.91 and 0.94 of liblz4's speed, with 64 at 1.02 and 1.03.
     */
    static final int SLICE = 64;

    /** Bytes of {@code pages} pages in gigabytes over {@code nanos}. */
    static double gigabytesPerSecond(long pages, long nanos) {
        return (double) pages * Pages.SIZE / nanos;
    }
}
