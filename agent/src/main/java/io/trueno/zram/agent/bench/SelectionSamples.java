package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SameFill;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import io.trueno.zram.engine.select.PageFeatures;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleConsumer;

/**
 * What a selection is trained and judged on: for each page its features and what every method makes
 * of it. Same-filled pages are left out, as no method ever sees them.
 */
final class SelectionSamples {
    private static final int WARM_UP_ROUNDS = 3;

    /** Order-0 entropy of the page in hundredths of a bit per byte, after the features. */
    static final int ENTROPY = PageFeatures.NAMES.size();

    /**
     * One page.
     *
     * @param workload number of the file it came from
     * @param features as {@link PageFeatures} counts them, then {@link #ENTROPY}
     * @param bytes packed bytes per method, 4096 if it did not shrink
     * @param nanos median nanoseconds per method
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Sample(int workload, int[] features, int[] bytes, int[] nanos) {}

    private final List<Algorithm> methods;
    private final List<Sample> samples;
    private final double featureNanos;

    SelectionSamples(List<Algorithm> methods, List<Sample> samples, double featureNanos) {
        this.methods = methods;
        this.samples = samples;
        this.featureNanos = featureNanos;
    }

    /**
     * Measures every page with every method, all in turn slice by slice.
     *
     * @param files one workload each
     * @param methods the first of them NONE
     */
    static SelectionSamples measure(
            List<Path> files,
            List<Algorithm> methods,
            SimdBackend backend,
            int rounds,
            DoubleConsumer progress)
            throws IOException {
        PageSet pages = PageSet.load(files);
        int[] workloads = new int[pages.count()];
        int at = 0;
        for (int f = 0; f < files.size(); f++) {
            int end = at + PageSet.load(List.of(files.get(f))).count();
            for (; at < end; at++) {
                workloads[at] = f;
            }
        }
        return new Measurement(pages, workloads, methods, backend).run(rounds, progress);
    }

    /** Codecs, and times of all rounds. */
    private static final class Measurement {
        private final PageSet pages;
        private final int[] workloads;
        private final List<Algorithm> methods;
        private final List<PageCodec> codecs = new ArrayList<>();
        private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        private final PageFeatures features = new PageFeatures();
        private final SameFill sameFill;
        private final int[][] bytes;
        private final Series[][] nanos;
        private final Series featureNanos = new Series();

        Measurement(PageSet pages, int[] workloads, List<Algorithm> methods, SimdBackend backend) {
            this.pages = pages;
            this.workloads = workloads;
            this.methods = methods;
            sameFill = SameFill.create(backend);
            codecs.add(new Copy());
            for (Algorithm method : methods.subList(1, methods.size())) {
                codecs.add(PageCodecs.create(method, backend));
            }
            bytes = new int[methods.size()][pages.count()];
            nanos = new Series[methods.size()][pages.count()];
            for (Series[] series : nanos) {
                for (int i = 0; i < series.length; i++) {
                    series[i] = new Series();
                }
            }
        }

        SelectionSamples run(int rounds, DoubleConsumer progress) {
            for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
                for (int from = 0; from < pages.count(); from += CodecBench.SLICE) {
                    slice(from, Math.min(from + CodecBench.SLICE, pages.count()), round);
                }
                progress.accept((round + 1.0) / (WARM_UP_ROUNDS + rounds));
            }
            List<Sample> samples = new ArrayList<>();
            for (int i = 0; i < pages.count(); i++) {
                if (!sameFill.isSameFilled(pages.memory(), pages.offset(i))) {
                    samples.add(sample(i));
                }
            }
            return new SelectionSamples(
                    methods, samples, featureNanos.percentile(50) / (double) CodecBench.SLICE);
        }

        private void slice(int from, int end, int round) {
            MemorySegment memory = pages.memory();
            for (int k = 0; k < codecs.size(); k++) {
                int m = (k + round) % codecs.size(); // nobody always goes first
                PageCodec codec = codecs.get(m);
                for (int i = from; i < end; i++) {
                    long start = System.nanoTime();
                    int length = codec.compress(memory, pages.offset(i), packed);
                    long time = System.nanoTime() - start;
                    bytes[m][i] = length == PageCodec.INCOMPRESSIBLE ? Pages.SIZE : length;
                    if (round >= WARM_UP_ROUNDS) {
                        nanos[m][i].add(time);
                    }
                }
            }
            long start = System.nanoTime();
            for (int i = from; i < end; i++) {
                features.sample(memory, pages.offset(i));
            }
            if (round >= WARM_UP_ROUNDS && end - from == CodecBench.SLICE) {
                featureNanos.add(System.nanoTime() - start);
            }
        }

        private Sample sample(int page) {
            int[] counts = new int[ENTROPY + 1];
            features.sample(pages.memory(), pages.offset(page));
            for (int f = 0; f < ENTROPY; f++) {
                counts[f] = features.get(f);
            }
            counts[ENTROPY] = entropy(pages.memory(), pages.offset(page));
            int[] pageBytes = new int[codecs.size()];
            int[] pageNanos = new int[codecs.size()];
            for (int m = 0; m < pageBytes.length; m++) {
                pageBytes[m] = bytes[m][page];
                pageNanos[m] = Math.toIntExact(nanos[m][page].percentile(50));
            }
            return new Sample(workloads[page], counts, pageBytes, pageNanos);
        }
    }

    private static int entropy(MemorySegment memory, long offset) {
        int[] counts = new int[256];
        for (int i = 0; i < Pages.SIZE; i++) {
            counts[memory.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFF]++;
        }
        double bits = 0;
        for (int count : counts) {
            if (count > 0) {
                double share = (double) count / Pages.SIZE;
                bits -= share * Math.log(share) / Math.log(2);
            }
        }
        return (int) Math.round(bits * 100);
    }

    /** A page that is stored as it is costs a copy. */
    private static final class Copy implements PageCodec {
        @Override
        public int compress(MemorySegment page, long pageOffset, byte[] packed) {
            MemorySegment.copy(page, ValueLayout.JAVA_BYTE, pageOffset, packed, 0, Pages.SIZE);
            return INCOMPRESSIBLE;
        }

        @Override
        public void decompress(
                byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
            throw new UnsupportedOperationException("only measured in one direction");
        }
    }

    List<Algorithm> methods() {
        return methods;
    }

    List<Sample> samples() {
        return samples;
    }

    /** What looking at the features costs per page. */
    double featureNanos() {
        return featureNanos;
    }

    /** The workloads that occur. */
    Set<Integer> workloads() {
        Set<Integer> workloads = new TreeSet<>();
        samples.forEach(s -> workloads.add(s.workload()));
        return workloads;
    }
}
