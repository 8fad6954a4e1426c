package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import java.util.Arrays;

/**
 * Reads the description of a normalised distribution (RFC 8878, 4.1.1) into arrays that are reused
 * from one description to the next. One thread at a time.
 */
final class FseCountsReader {
    /** Bytes that {@link #read} may load past {@code limit} without using them. */
    static final int SLACK = 80;

    private final short[] counts = new short[ZstdFormat.MAX_MATCH_LENGTH_CODE + 1];
    private int symbols;
    private int accuracyLog;

    /** The cells of each symbol, valid below {@link #symbols()} until the next {@link #read}. */
    short[] counts() {
        return counts;
    }

    /** One more than the greatest symbol described. */
    int symbols() {
        return symbols;
    }

    /** log2 of the number of cells. */
    int accuracyLog() {
        return accuracyLog;
    }

    /** A copy of what was read last. */
    FseDescription description() {
        return new FseDescription(accuracyLog, Arrays.copyOf(counts, symbols));
    }

    /**
     * Reads one description.
     *
     * @param in holds it at {@code from}; at least {@link #SLACK} bytes longer than {@code limit}
     * @param limit index at which the bytes that may belong to it end
     * @param maxSymbol greatest symbol allowed, at most 52
     * @param maxLog greatest accuracy log allowed
     * @return index of the first byte after the description
     * @throws CorruptPageException if it is not a distribution within these bounds
     */
    int read(byte[] in, int from, int limit, int maxSymbol, int maxLog) {
        int log = (in[from] & 0xF) + 5;
        if (from >= limit || log > maxLog) {
            throw new CorruptPageException(from, "accuracy log above the format's limit");
        }
        int bit = 4;
        int remaining = (1 << log) + 1;
        int threshold = 1 << log;
        int symbol = 0;
        while (remaining > 1) {
            if (symbol > maxSymbol) {
                throw new CorruptPageException(
                        Math.min(from + (bit >>> 3), limit), "symbol above the alphabet");
            }
            int bits = LittleEndian.getInt(in, from + (bit >>> 3)) >>> (bit & 7);
            // Of the codes of one length, the lowest are a bit shorter; which is not predictable.
            int shortCodes = 2 * threshold - 1 - remaining;
            int low = bits & (threshold - 1);
            int isShort = (low - shortCodes) >> 31;
            int count = bits & (2 * threshold - 1);
            count -= shortCodes & ~((count - threshold) >> 31);
            count ^= (count ^ low) & isShort;
            bit += Integer.numberOfTrailingZeros(threshold) + 1 + isShort;
            count--;
            remaining -= Math.abs(count);
            counts[symbol++] = (short) count;
            if (count == 0) {
                int end = zeroRunEnd(in, from, limit, bit, symbol, maxSymbol);
                bit += 2 * ((end - symbol) / 3 + 1);
                Arrays.fill(counts, symbol, end, (short) 0);
                symbol = end;
            }
            // No code takes more than remaining - 1, so at least 1 is left.
            threshold = Integer.highestOneBit(remaining);
        }
        int end = from + ((bit + 7) >>> 3);
        if (end > limit) {
            throw new CorruptPageException(limit, "distribution is truncated");
        }
        symbols = symbol;
        accuracyLog = log;
        return end;
    }

    /** Follows the 2-bit repeat flags after a zero count: the symbol at which the zeros end. */
    private static int zeroRunEnd(
            byte[] in, int from, int limit, int bit, int symbol, int maxSymbol) {
        while (true) {
            int flag = (LittleEndian.getInt(in, from + (bit >>> 3)) >>> (bit & 7)) & 3;
            symbol += flag;
            bit += 2;
            if (symbol > maxSymbol + 1) {
                throw new CorruptPageException(
                        Math.min(from + (bit >>> 3), limit), "zero run past the alphabet");
            }
            if (flag != 3) {
                return symbol;
            }
        }
    }
}
