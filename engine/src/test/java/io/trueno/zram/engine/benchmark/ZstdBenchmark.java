package io.trueno.zram.engine.benchmark;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Zstandard of one page: in both forms the encoder compares and rounds code lengths, the decoder
 * unpacks and executes sequences.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(2)
public class ZstdBenchmark {
    private final PageCodec scalar = PageCodecs.create(Algorithm.zstd(1), SimdBackend.SCALAR);
    private final PageCodec vector = PageCodecs.create(Algorithm.zstd(1), BenchmarkPages.vectors());
    private final BenchmarkPages pages = new BenchmarkPages();
    private final byte[][] packed = new byte[pages.count()][PageCodec.PACKED_CAPACITY];
    private final int[] lengths = new int[pages.count()];
    private final byte[] scratch = new byte[PageCodec.PACKED_CAPACITY];
    private final MemorySegment target = Arena.global().allocate(Pages.SIZE, 64);

    /** Packs all pages; those that do not shrink are filled first. */
    @Setup
    public void packAndCheck() {
        for (int i = 0; i < pages.count(); i++) {
            long offset = pages.offset(i);
            lengths[i] = vector.compress(pages.memory, offset, packed[i]);
            if (lengths[i] == PageCodec.INCOMPRESSIBLE) {
                pages.memory.asSlice(offset, Pages.SIZE - 1).fill((byte) i);
                lengths[i] = vector.compress(pages.memory, offset, packed[i]);
            }
            check(scalar, i, "scalar");
            check(vector, i, "vector");
        }
    }

    private void check(PageCodec codec, int page, String name) {
        codec.decompress(packed[page], lengths[page], target, 0);
        long from = pages.offset(page);
        boolean same =
                MemorySegment.mismatch(target, 0, Pages.SIZE, pages.memory, from, from + Pages.SIZE)
                        < 0;
        BenchmarkPages.check(same, name + " decodes page " + page + " differently");
    }

    @Benchmark
    public int encodeScalar() {
        return scalar.compress(pages.memory, pages.offset(pages.next()), scratch);
    }

    @Benchmark
    public int encodeVector() {
        return vector.compress(pages.memory, pages.offset(pages.next()), scratch);
    }

    @Benchmark
    public void decodeScalar() {
        int page = pages.next();
        scalar.decompress(packed[page], lengths[page], target, 0);
    }

    @Benchmark
    public void decodeVector() {
        int page = pages.next();
        vector.decompress(packed[page], lengths[page], target, 0);
    }
}
