package io.trueno.zram.engine.codec.zstd;

import java.util.Arrays;

/**
 * A finite state entropy table for encoding (RFC 8878, 4.1), with the price of each symbol. States
 * run from {@code 2^log} to {@code 2^(log+1) - 1}. Encoding a symbol emits the low {@code (state +
 * deltaBits) >>> 16} bits of the state and moves to {@code nextState[(state >>> bits) +
 * deltaState]}.
 *
 * <p>Mutable only through {@link #build} and {@link #buildRle}; a table that is shared (predefined,
 * dictionary) is built once and then read by any thread.
 */
final class FseEncodingTable {
    /** Price of a symbol that the table cannot code: larger than any real sum. */
    static final int UNCODABLE = 1 << 20;

    /** Accuracy log; 0 for a table of a single symbol. */
    int log;

    /** Next states, in order of symbol. */
    final char[] nextState;

    /** Per symbol, {@code deltaBits} in the high half and {@code deltaState} in the low. */
    final long[] transform;

    /** Price of each symbol in {@link BitCost} units. */
    final int[] price;

    private final byte[] spread;
    private final int[] firstState;

    FseEncodingTable(int maxSymbol, int maxLog) {
        // Sizes are powers of two so that masked reads need no range check.
        int symbols = Integer.highestOneBit(maxSymbol) << 1;
        nextState = new char[1 << maxLog];
        transform = new long[symbols];
        price = new int[symbols];
        spread = new byte[1 << maxLog];
        firstState = new int[symbols + 1];
    }

    static FseEncodingTable of(short[] probabilities, int log, int maxSymbol) {
        FseEncodingTable table = new FseEncodingTable(maxSymbol, log);
        table.build(probabilities, probabilities.length - 1, log);
        return table;
    }

    /** A table that codes {@code symbol} in no bits. */
    void buildRle(int symbol) {
        log = 0;
        nextState[0] = 0;
        transform[symbol] = 0;
    }

    /**
     * Builds the table.
     *
     * @param probabilities per symbol, summing to {@code 2^log}; -1 counts as one
     * @param maxSymbol the last symbol with a probability
     */
    void build(short[] probabilities, int maxSymbol, int log) {
        this.log = log;
        int size = 1 << log;
        int high = layOut(probabilities, maxSymbol, size);
        spreadSymbols(probabilities, maxSymbol, size, high);
        for (int u = 0; u < size; u++) {
            nextState[firstState[spread[u]]++] = (char) (size + u);
        }
        int total = 0;
        for (int s = 0; s <= maxSymbol; s++) {
            int p = probabilities[s];
            if (p == 0) {
                price[s] = UNCODABLE;
                transform[s] = 0;
            } else if (p == -1 || p == 1) {
                price[s] = log << BitCost.FRACTION_BITS;
                transform[s] = transform((log << 16) - size, total - 1);
                total++;
            } else {
                int maxBits = log - (31 - Integer.numberOfLeadingZeros(p - 1));
                price[s] = (log << BitCost.FRACTION_BITS) - BitCost.log2(p);
                transform[s] = transform((maxBits << 16) - (p << maxBits), total - p);
                total += p;
            }
        }
        Arrays.fill(price, maxSymbol + 1, price.length, UNCODABLE);
    }

    /** The state after coding {@code symbol} first, in no bits. */
    int startState(int symbol) {
        long transform = transform(symbol);
        int deltaBits = (int) (transform >>> 32);
        int width = (deltaBits + (1 << 15)) >>> 16;
        return next(transform, (width << 16) - deltaBits, width);
    }

    long transform(int symbol) {
        return transform[symbol & (transform.length - 1)];
    }

    /** How many low bits of {@code state} to emit before a symbol's transition. */
    static int bits(long transform, int state) {
        return (state + (int) (transform >>> 32)) >>> 16;
    }

    /** The state after the transition that emitted {@code bits} bits. */
    int next(long transform, int state, int bits) {
        return nextState[((state >>> bits) + (int) transform) & (nextState.length - 1)];
    }

    private static long transform(int deltaBits, int deltaState) {
        return ((long) deltaBits << 32) | (deltaState & 0xFFFFFFFFL);
    }

    /** Sets where each symbol's states begin; returns the last position open to the spread. */
    private int layOut(short[] probabilities, int maxSymbol, int size) {
        int high = size - 1;
        int sum = 0;
        for (int s = 0; s <= maxSymbol; s++) {
            firstState[s] = sum;
            int p = probabilities[s];
            if (p == -1) {
                spread[high--] = (byte) s;
                sum++;
            } else {
                sum += p;
            }
        }
        return high;
    }

    private void spreadSymbols(short[] probabilities, int maxSymbol, int size, int high) {
        int mask = size - 1;
        int step = (size >> 1) + (size >> 3) + 3;
        int position = 0;
        for (int s = 0; s <= maxSymbol; s++) {
            for (int i = 0; i < probabilities[s]; i++) {
                spread[position] = (byte) s;
                do {
                    position = (position + step) & mask;
                } while (position > high);
            }
        }
    }
}
