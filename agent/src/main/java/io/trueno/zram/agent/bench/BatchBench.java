package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BatchCompressor;
import io.trueno.zram.engine.PageBatch;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench batch}: whole batches over one thread and over several, in turn, by the wall clock.
 */
public final class BatchBench {
    private static final int WARM_UP_ROUNDS = 3;

    /** Pages of one batch. */
    private static final int BATCH = 2048;

    private BatchBench() {}

    /**
     * One line.
     *
     * @param codec algorithm name
     * @param policy for {@code adaptive}; else null and not printed
     * @param threads threads that worked on a batch
     * @param compress_gb_s 1e9 original bytes per second of wall clock, median over the rounds
     * @param over_one_thread median over the rounds of the speed over that of one thread right
     *     before
     */
    public record Result(
            String codec,
            @Nullable String policy,
            int level,
            int threads,
            int pages,
            double ratio,
            double compress_gb_s,
            double over_one_thread) {}

    /**
     * Runs the measurement.
     *
     * @param options its threads are compared with one
     * @param progress told the done fraction, 0 to 1, from time to time
     */
    public static List<Result> run(
            PageSet pages, CodecBench.Options options, DoubleConsumer progress)
            throws InterruptedException {
        List<Result> results = new ArrayList<>();
        SimdBackend backend = options.backends().getFirst();
        List<Algorithm> algorithms = options.algorithms();
        for (int a = 0; a < algorithms.size(); a++) {
            Algorithm algorithm = algorithms.get(a);
            int done = a;
            DoubleConsumer part = p -> progress.accept((done + p) / algorithms.size());
            if (algorithm.kind() == Algorithm.Kind.ADAPTIVE) {
                for (SelectionPolicy policy : options.policies()) {
                    try (BatchCompressor one = BatchCompressor.adaptive(policy, backend, 1);
                            BatchCompressor all =
                                    BatchCompressor.adaptive(policy, backend, options.threads())) {
                        results.addAll(
                                measure(
                                        pages,
                                        algorithm,
                                        policy.toString(),
                                        one,
                                        all,
                                        options.rounds(),
                                        part));
                    }
                }
            } else {
                try (BatchCompressor one = BatchCompressor.of(algorithm, backend, 1);
                        BatchCompressor all =
                                BatchCompressor.of(algorithm, backend, options.threads())) {
                    results.addAll(
                            measure(pages, algorithm, null, one, all, options.rounds(), part));
                }
            }
        }
        return results;
    }

    private static List<Result> measure(
            PageSet pages,
            Algorithm algorithm,
            @Nullable String policy,
            BatchCompressor one,
            BatchCompressor all,
            int rounds,
            DoubleConsumer progress)
            throws InterruptedException {
        Series oneNanos = new Series();
        Series allNanos = new Series();
        Series perMille = new Series();
        long packed = 0;
        try (Arena arena = Arena.ofShared()) {
            PageBatch batch = new PageBatch(BATCH, arena);
            for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
                long start = System.nanoTime();
                packed = pass(pages, one, batch);
                long middle = System.nanoTime();
                pass(pages, all, batch);
                long end = System.nanoTime();
                if (round >= WARM_UP_ROUNDS) {
                    oneNanos.add(middle - start);
                    allNanos.add(end - middle);
                    perMille.add((middle - start) * 1000 / (end - middle));
                }
                progress.accept((round + 1.0) / (WARM_UP_ROUNDS + rounds));
            }
        }
        double ratio = (double) pages.bytes() / packed;
        return List.of(
                result(pages, algorithm, policy, 1, ratio, oneNanos, 1),
                result(
                        pages,
                        algorithm,
                        policy,
                        all.threads(),
                        ratio,
                        allNanos,
                        perMille.percentile(50) / 1e3));
    }

    private static long pass(PageSet pages, BatchCompressor compressor, PageBatch batch)
            throws InterruptedException {
        long packed = 0;
        for (int from = 0; from < pages.count(); from += BATCH) {
            int count = Math.min(BATCH, pages.count() - from);
            compressor.compressBatch(pages.memory(), pages.offset(from), count, batch);
            packed += batch.packedBytes();
        }
        return packed;
    }

    private static Result result(
            PageSet pages,
            Algorithm algorithm,
            @Nullable String policy,
            int threads,
            double ratio,
            Series nanos,
            double overOneThread) {
        return new Result(
                algorithm.zramName(),
                policy,
                algorithm.level(),
                threads,
                pages.count(),
                ratio,
                CodecBench.gigabytesPerSecond(pages.count(), nanos.percentile(50)),
                overOneThread);
    }
}
