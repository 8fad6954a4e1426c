package io.trueno.zram.engine.benchmark;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.kernel.CodeLengths;
import io.trueno.zram.engine.kernel.Kernels;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
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

/** Rounding the code lengths of a page's bytes, and the code space that they take. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(2)
public class CodeLengthsBenchmark {
    private static final int SYMBOLS = 256;
    private static final int FRACTION_BITS = 8;
    private static final int LIMIT = 11;
    private static final int HALF = 1 << (FRACTION_BITS - 1);

    private final CodeLengths scalar = Kernels.of(SimdBackend.SCALAR).codeLengths();
    private final CodeLengths vector = Kernels.of(BenchmarkPages.vectors()).codeLengths();
    private final BenchmarkPages pages = new BenchmarkPages();
    private final int[][] ideals = new int[pages.count()][SYMBOLS];
    private final int[] lengths = new int[SYMBOLS];

    @Setup
    public void idealsOfPagesAndCheck() {
        for (int i = 0; i < pages.count(); i++) {
            int[] counts = new int[SYMBOLS];
            for (int at = 0; at < Pages.SIZE; at++) {
                counts[pages.memory.get(ValueLayout.JAVA_BYTE, pages.offset(i) + at) & 0xFF]++;
            }
            for (int symbol = 0; symbol < SYMBOLS; symbol++) {
                double bits = Math.log((double) Pages.SIZE / Math.max(1, counts[symbol]));
                ideals[i][symbol] = (int) (bits / Math.log(2) * (1 << FRACTION_BITS));
            }
            BenchmarkPages.check(sum(scalar, i) == sum(vector, i), "sums of page " + i);
            int[] expected = round(scalar, i).clone();
            BenchmarkPages.check(Arrays.equals(expected, round(vector, i)), "lengths of page " + i);
        }
    }

    private int sum(CodeLengths kernel, int page) {
        return kernel.kraftSum(ideals[page], SYMBOLS, FRACTION_BITS, HALF, LIMIT);
    }

    private int[] round(CodeLengths kernel, int page) {
        kernel.round(ideals[page], SYMBOLS, FRACTION_BITS, HALF, LIMIT, lengths);
        return lengths;
    }

    @Benchmark
    public int kraftSumScalar() {
        return sum(scalar, pages.next());
    }

    @Benchmark
    public int kraftSumVector() {
        return sum(vector, pages.next());
    }

    @Benchmark
    public int[] roundScalar() {
        return round(scalar, pages.next());
    }

    @Benchmark
    public int[] roundVector() {
        return round(vector, pages.next());
    }
}
