package io.trueno.zram.agent.entropy;

import io.trueno.zram.agent.entropy.EntropyReport.CodecRatio;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SameFill;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Samples pages at even distances and compresses each with several codecs. */
public final class EntropySampler {
    private final List<Subject> subjects = new ArrayList<>();
    private final SameFill sameFill = SameFill.create();
    private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
    private final int[] histogram = new int[256];

    /** A codec and what it has made of the pages so far. */
    private static final class Subject {
        final Algorithm algorithm;
        final PageCodec codec;
        long compressedBytes;
        int incompressible;

        Subject(Algorithm algorithm) {
            this.algorithm = algorithm;
            codec = PageCodecs.create(algorithm, SimdBackend.detect());
        }

        void add(MemorySegment page, byte[] packed) {
            int bytes = codec.compress(page, 0, packed);
            incompressible += bytes == PageCodec.INCOMPRESSIBLE ? 1 : 0;
            compressedBytes += bytes == PageCodec.INCOMPRESSIBLE ? Pages.SIZE : bytes;
        }
    }

    /**
     * @param algorithms to compress with
     * @throws IllegalArgumentException if there is no codec for one of them
     */
    public EntropySampler(List<Algorithm> algorithms) {
        algorithms.forEach(a -> subjects.add(new Subject(a)));
    }

    /**
     * Looks at a source. One call at a time.
     *
     * @param samples most pages to read
     * @param progress told the done fraction, 0 to 1
     * @throws IOException if a page cannot be read
     */
    public EntropyReport sample(PageSource source, int samples, DoubleConsumer progress)
            throws IOException {
        subjects.forEach(s -> {
            s.compressedBytes = 0;
            s.incompressible = 0;
        });
        long wanted = Math.min(samples, source.pages());
        int sampled = 0;
        int same = 0;
        double entropy = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(Pages.SIZE, 64);
            for (long i = 0; i < wanted; i++) {
                progress.accept((double) i / wanted);
                long index = (long) ((i + 0.5) * source.pages() / wanted);
                if (!source.read(index, page)) {
                    continue;
                }
                sampled++;
                entropy += entropyBits(page);
                if (sameFill.isSameFilled(page, 0)) {
                    same++;
                } else {
                    subjects.forEach(s -> s.add(page, packed));
                }
            }
        }
        long bytes = (long) sampled << Pages.SHIFT;
        return new EntropyReport(
                source.name(),
                source.pages(),
                sampled,
                same,
                sampled == 0 ? 0 : entropy / sampled,
                subjects.stream()
                        .map(s ->
                                new CodecRatio(
                                        s.algorithm.toString(),
                                        s.compressedBytes == 0
                                                ? 0
                                                : (double) bytes / s.compressedBytes,
                                        s.incompressible))
                        .toList());
    }

    private double entropyBits(MemorySegment page) {
        Arrays.fill(histogram, 0);
        for (int i = 0; i < Pages.SIZE; i++) {
            histogram[page.get(ValueLayout.JAVA_BYTE, i) & 0xff]++;
        }
        double bits = 0;
        for (int count : histogram) {
            if (count > 0) {
                bits -= count * (Math.log((double) count / Pages.SIZE) / Math.log(2));
            }
        }
        return bits / Pages.SIZE;
    }
}
