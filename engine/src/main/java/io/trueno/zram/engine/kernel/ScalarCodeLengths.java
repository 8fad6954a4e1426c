package io.trueno.zram.engine.kernel;

import java.util.Objects;

/** {@link CodeLengths} one by one. */
final class ScalarCodeLengths extends CodeLengths {
    @Override
    public int kraftSum(int[] ideals, int count, int fractionBits, int offset, int limit) {
        Objects.checkFromIndexSize(0, count, ideals.length);
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += 1 << (limit - length(ideals[i], fractionBits, offset, limit));
        }
        return sum;
    }

    @Override
    public void round(
            int[] ideals, int count, int fractionBits, int offset, int limit, int[] lengths) {
        Objects.checkFromIndexSize(0, count, Math.min(ideals.length, lengths.length));
        for (int i = 0; i < count; i++) {
            lengths[i] = length(ideals[i], fractionBits, offset, limit);
        }
    }

    private static int length(int ideal, int fractionBits, int offset, int limit) {
        return Math.min(Math.max((ideal + offset) >> fractionBits, 1), limit);
    }
}
