package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.DictionaryTrainer.DictionaryTrainingException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.zstd.PreparedDictionary;
import io.trueno.zram.engine.codec.zstd.ZstdClusterCodec;
import io.trueno.zram.engine.codec.zstd.ZstdDictionary;
import io.trueno.zram.engine.codec.zstd.ZstdPageEncoder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleConsumer;

/**
 * {@code bench cluster}: compresses neighbours together, 1, 2, 4 and 8 at a time, with and without
 * a dictionary of each file, and reads pages of them, over the half of the pages that {@link
 * DictionaryBench} tests on. All take turns file by file.
 */
public final class ClusterBench {
    private static final int[] SIZES = {1, 2, 4, ZstdClusterCodec.MAX_PAGES};

    private final DictionaryBench.Trained trained;
    private final List<Subject> subjects = new ArrayList<>();
    private final MemorySegment target =
            Arena.ofAuto().allocate((long) ZstdClusterCodec.MAX_PAGES * Pages.SIZE, 64);
    private final Random random = new Random(1);

    private ClusterBench(DictionaryBench.Trained trained, SimdBackend backend) {
        this.trained = trained;
        for (boolean dictionary : new boolean[] {false, true}) {
            for (int size : SIZES) {
                subjects.add(new Subject(size, dictionary, trained, backend));
            }
        }
    }

    /**
     * What one kind of cluster gave.
     *
     * @param cluster_pages pages compressed together
     * @param dictionary whether each file's dictionary was used
     * @param pages how many were compressed
     * @param ratio original over packed bytes, clusters that do not shrink counted whole
     * @param compress_us median microseconds to compress one page of a cluster
     * @param decompress_us the same to decompress the cluster, divided by its pages
     * @param read_p50_us to read any one page of a cluster by itself
     * @param read_p99_us the same, 99th percentile
     * @param round_trip_failures clusters that did not come back as they were
     */
    public record Result(
            int cluster_pages,
            boolean dictionary,
            int pages,
            double ratio,
            double compress_us,
            double decompress_us,
            double read_p50_us,
            double read_p99_us,
            int round_trip_failures) {}

    /** One kind of cluster, its codecs per file, and what was measured. */
    private static final class Subject {
        final int size;
        final boolean dictionary;
        final List<ZstdClusterCodec> codecs = new ArrayList<>();
        final byte[] packed = new byte[ZstdClusterCodec.PACKED_CAPACITY];
        final Series compressNanos = new Series();
        final Series decompressNanos = new Series();
        final Series readNanos = new Series();
        long pages;
        long packedBytes;
        int failures;

        Subject(
                int size,
                boolean dictionary,
                DictionaryBench.Trained trained,
                SimdBackend backend) {
            this.size = size;
            this.dictionary = dictionary;
            for (int f = 0; f < trained.dictionaries().size(); f++) {
                PreparedDictionary prepared = dictionary ? prepare(trained, f) : null;
                codecs.add(new ZstdClusterCodec(prepared, backend));
            }
        }

        private static PreparedDictionary prepare(DictionaryBench.Trained trained, int file) {
            byte[] dictionary = trained.fitted(file, ZstdPageEncoder.DENSE_LEVEL);
            return PreparedDictionary.of(ZstdDictionary.parse(dictionary));
        }

        Result result() {
            return new Result(
                    size,
                    dictionary,
                    (int) pages,
                    (double) pages * Pages.SIZE / packedBytes,
                    compressNanos.percentile(50) / 1e3 / size,
                    decompressNanos.percentile(50) / 1e3 / size,
                    readNanos.percentile(50) / 1e3,
                    readNanos.percentile(99) / 1e3,
                    failures);
        }
    }

    /**
     * Trains and measures.
     *
     * @param files one workload each
     * @param maxBytes the most a dictionary may weigh
     * @param rounds measured passes over the pages, after one that warms up and verifies
     * @param progress told the done fraction, 0 to 1, from time to time
     * @throws IOException if a file cannot be read
     * @throws DictionaryTrainingException if a file is too small or too uniform to train on
     */
    public static List<Result> run(
            List<Path> files,
            int maxBytes,
            SimdBackend backend,
            int rounds,
            DoubleConsumer progress)
            throws IOException, DictionaryTrainingException {
        ClusterBench bench = new ClusterBench(DictionaryBench.train(files, maxBytes), backend);
        for (int round = 0; round <= rounds; round++) {
            for (int f = 0; f < files.size(); f++) {
                for (Subject subject : bench.subjects) {
                    bench.pass(subject, f, round == 0);
                }
                progress.accept((round + (f + 1.0) / files.size()) / (rounds + 1));
            }
        }
        return bench.subjects.stream().map(Subject::result).toList();
    }

    private void pass(Subject subject, int file, boolean warmUp) {
        MemorySegment pages = trained.test().memory();
        ZstdClusterCodec codec = subject.codecs.get(file);
        long bytes = (long) subject.size * Pages.SIZE;
        long end = trained.ends()[file];
        for (long at = file == 0 ? 0 : trained.ends()[file - 1]; at + bytes <= end; at += bytes) {
            long start = System.nanoTime();
            int length = codec.compress(pages, at, subject.size, subject.packed);
            long compressed = System.nanoTime();
            if (warmUp) {
                subject.pages += subject.size;
                subject.packedBytes += length == PageCodec.INCOMPRESSIBLE ? bytes : length;
            } else {
                subject.compressNanos.add(compressed - start);
            }
            if (length != PageCodec.INCOMPRESSIBLE) {
                read(subject, codec, length, at, warmUp);
            }
        }
    }

    private void read(
            Subject subject, ZstdClusterCodec codec, int length, long at, boolean warmUp) {
        int size = subject.size;
        long start = System.nanoTime();
        codec.decompress(subject.packed, length, size, target, 0);
        long whole = System.nanoTime();
        if (warmUp) {
            long bytes = (long) size * Pages.SIZE;
            MemorySegment pages = trained.test().memory();
            if (MemorySegment.mismatch(target, 0, bytes, pages, at, at + bytes) >= 0) {
                subject.failures++;
            }
        } else {
            subject.decompressNanos.add(whole - start);
        }
        int index = random.nextInt(size);
        start = System.nanoTime();
        codec.decompressPage(subject.packed, length, size, index, target, 0);
        if (!warmUp) {
            subject.readNanos.add(System.nanoTime() - start);
        }
    }
}
