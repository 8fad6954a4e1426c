package io.trueno.zram.engine.benchmark;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SameFill;
import io.trueno.zram.engine.SimdBackend;
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

/** The scan of pages that are one word repeated, of pages that are not, and the filling. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(2)
public class SameFillBenchmark {
    private static final long WORD = 0x0102030405060708L;

    private final SameFill scalar = SameFill.create(SimdBackend.SCALAR);
    private final SameFill vector = SameFill.create(BenchmarkPages.vectors());
    private final BenchmarkPages pages = new BenchmarkPages();
    private final MemorySegment filled = Arena.global().allocate(Pages.SIZE, 64);

    @Setup
    public void fillAndCheck() {
        vector.expand(WORD, filled, 0);
        BenchmarkPages.check(scalar.isSameFilled(filled, 0), "filled page, scalar");
        BenchmarkPages.check(vector.isSameFilled(filled, 0), "filled page, vector");
        for (int i = 0; i < pages.count(); i++) {
            long offset = pages.offset(i);
            if (scalar.isSameFilled(pages.memory, offset)) {
                pages.memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, offset + 1000, (byte) 1);
            }
            BenchmarkPages.check(!scalar.isSameFilled(pages.memory, offset), "page, scalar");
            BenchmarkPages.check(!vector.isSameFilled(pages.memory, offset), "page, vector");
        }
    }

    @Benchmark
    public boolean filledPageScalar() {
        return scalar.isSameFilled(filled, 0);
    }

    @Benchmark
    public boolean filledPageVector() {
        return vector.isSameFilled(filled, 0);
    }

    @Benchmark
    public boolean otherPageScalar() {
        return scalar.isSameFilled(pages.memory, pages.offset(pages.next()));
    }

    @Benchmark
    public boolean otherPageVector() {
        return vector.isSameFilled(pages.memory, pages.offset(pages.next()));
    }

    @Benchmark
    public void expandScalar() {
        scalar.expand(WORD, filled, 0);
    }

    @Benchmark
    public void expandVector() {
        vector.expand(WORD, filled, 0);
    }
}
