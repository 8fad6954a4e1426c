package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;

/**
 * Logarithms for estimating sizes without coding: fixed point with {@link #FRACTION_BITS} bits
 * after the point. Immutable.
 */
final class BitCost {
    /** Bits after the point of every cost here. */
    static final int FRACTION_BITS = 8;

    /** One bit, as a cost. */
    static final int ONE = 1 << FRACTION_BITS;

    /** {@code log2(i)} for 1 to 4096; 0 for 0. */
    private static final char[] LOG2 = new char[Pages.SIZE + 1];

    static {
        for (int i = 1; i < LOG2.length; i++) {
            LOG2[i] = (char) Math.round(Math.log(i) / Math.log(2) * ONE);
        }
    }

    private BitCost() {}

    /** {@code log2(count)} as a cost, for 0 (which gives 0) to 4096. */
    static int log2(int count) {
        return LOG2[count];
    }

    /** Whole bytes, rounded up, that a cost comes to. */
    static int bytes(int cost) {
        return (cost + 8 * ONE - 1) >> (FRACTION_BITS + 3);
    }
}
