package io.trueno.zram.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.kernel.vector.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every width rounds code lengths as the definition says, 128 bits too. */
class CodeLengthsTest {
    private static final int FRACTION_BITS = 8;
    private static final int SYMBOLS = 256;

    private static List<CodeLengths> all() {
        List<CodeLengths> all = new ArrayList<>();
        all.add(Kernels.of(SimdBackend.SCALAR).codeLengths());
        for (int bits : new int[] {128, 256, 512}) {
            if (bits <= VectorKernels.preferredBits()) {
                all.add(VectorKernels.ofBits(bits).codeLengths());
            }
        }
        return all;
    }

    private static int length(int ideal, int offset, int limit) {
        return Math.clamp((ideal + offset) >> FRACTION_BITS, 1, limit);
    }

    @Test
    void lengthsAndTheirSumAreAsDefined() {
        long seed = Long.getLong("trueno.zram.seed", System.nanoTime());
        System.out.println("seed: -Dtrueno.zram.seed=" + seed);
        Random random = new Random(seed);
        for (CodeLengths kernel : all()) {
            for (int limit = 1; limit <= CodeLengths.MAX_LENGTH; limit++) {
                for (int count = 0; count <= SYMBOLS; count += CodeLengths.GROUP) {
                    int[] ideals = random.ints(SYMBOLS, 0, 16 << FRACTION_BITS).toArray();
                    ideals[0] = 0;
                    ideals[1] = 64 << FRACTION_BITS;
                    check(kernel, ideals, count, random.nextInt(2 << FRACTION_BITS), limit);
                }
            }
        }
    }

    private static void check(CodeLengths kernel, int[] ideals, int count, int offset, int limit) {
        int[] lengths = new int[SYMBOLS];
        kernel.round(ideals, count, FRACTION_BITS, offset, limit, lengths);
        int sum = 0;
        for (int i = 0; i < count; i++) {
            assertThat(lengths[i]).isEqualTo(length(ideals[i], offset, limit));
            sum += 1 << (limit - lengths[i]);
        }
        assertThat(kernel.kraftSum(ideals, count, FRACTION_BITS, offset, limit)).isEqualTo(sum);
        assertThat(Arrays.stream(lengths, count, SYMBOLS)).allMatch(l -> l == 0);
    }

    @Test
    void moreLengthsThanThereAreAreRefused() {
        int[] ideals = new int[SYMBOLS];
        int tooMany = SYMBOLS + CodeLengths.GROUP;
        for (CodeLengths kernel : all()) {
            assertThatThrownBy(() -> kernel.kraftSum(ideals, tooMany, FRACTION_BITS, 0, 11))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(
                            () -> kernel.round(ideals, tooMany, FRACTION_BITS, 0, 11, new int[256]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
