package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.kernel.CodeLengths;
import java.util.Arrays;

/**
 * Huffman codes for one page's literals (RFC 8878, 4.2), built without sorting or a tree.
 *
 * <p>For a multiplier of the Kraft sum, the code lengths that minimise total length are {@code
 * log2(total / count)} rounded with one common threshold. So the builder takes logarithms from a
 * table, finds the least threshold whose Kraft sum stays within one by halving, and gives what is
 * left to the symbols that come next. That is a Huffman code but for ties, and a limit on the
 * length costs nothing extra.
 */
final class HuffmanEncoderTable {
    private static final int SYMBOLS = 256;

    /** An ideal length beyond any limit. */
    private static final int FAR = 64 * BitCost.ONE;

    /** Thresholds that are told apart, as a shift of the fraction. */
    private static final int STEP_BITS = 3;

    private static final int UNCODABLE_BITS = 1 << 16;
    private static final int MAX_BITS = ZstdFormat.MAX_HUFFMAN_BITS;

    /** By symbol: code in the highest bits, length in bits in the low 8; stale when absent. */
    final long[] codes = new long[SYMBOLS];

    /** By symbol: how the format names the length of its code; 0 when absent. */
    final byte[] weights = new byte[SYMBOLS];

    /** How many symbols have each weight. */
    final int[] weightCounts = new int[16];

    /** Longest code in bits. */
    int maxBits;

    /** Highest symbol with a code. */
    int maxSymbol;

    /** The symbols that occur, ascending, with their counts, ideal lengths and lengths. */
    private final byte[] symbols = new byte[SYMBOLS + 1];

    private final int[] symbolCounts = new int[SYMBOLS + 1];
    private final int[] ideals = new int[SYMBOLS];
    private final int[] lengths = new int[SYMBOLS];
    private int symbolCount;

    private final long[] nextCode = new long[16];

    private final CodeLengths codeLengths;

    /** How many codes have each length, in two sets that are added up: neighbours would wait. */
    private final int[] lengthCounts = new int[32];

    /**
     * @param codeLengths rounds lengths; all kernels give the same tables
     */
    HuffmanEncoderTable(CodeLengths codeLengths) {
        this.codeLengths = codeLengths;
    }

    /**
     * The codes of a table that is given by its weights, as of a dictionary.
     *
     * @param weights by symbol, the last one included
     * @return 256 codes as in {@link #codes}; 0 when absent
     */
    static long[] codes(byte[] weights) {
        int cells = 0;
        int[] rank = new int[MAX_BITS + 2];
        for (byte weight : weights) {
            cells += (1 << weight) >> 1;
            rank[weight]++;
        }
        int maxBits = Integer.numberOfTrailingZeros(cells);
        int[] next = new int[MAX_BITS + 2];
        int code = 0;
        for (int weight = 1; weight <= maxBits; weight++) {
            next[weight] = code;
            code = (code + rank[weight]) >> 1;
        }
        long[] codes = new long[SYMBOLS];
        for (int s = 0; s < weights.length; s++) {
            int weight = weights[s];
            if (weight != 0) {
                codes[s] = code(next[weight]++, maxBits + 1 - weight);
            }
        }
        return codes;
    }

    private static long code(int bits, int length) {
        return (long) bits << -length | length;
    }

    /**
     * Bits that the counted literals take with other codes; large if one of them has none there.
     *
     * @param codes 256 codes, 0 when absent
     */
    int bitsWith(long[] codes) {
        int bits = 0;
        for (int i = 0; i < symbolCount; i++) {
            int length = (int) codes[symbols[i] & 0xFF] & 0xFF;
            bits += symbolCounts[i] * (length == 0 ? UNCODABLE_BITS : length);
        }
        return bits;
    }

    /**
     * Takes note of the symbols that occur.
     *
     * @param counts of all 256 symbols
     * @param total their sum, 1 to 4096
     * @return the entropy of the literals as a cost; 0 if all are equal
     */
    int count(int[] counts, int total) {
        int n = 0;
        for (int s = 0; s < SYMBOLS; s++) {
            int count = counts[s];
            symbols[n] = (byte) s;
            symbolCounts[n] = count;
            n += -count >>> 31;
        }
        symbolCount = n;
        int logTotal = BitCost.log2(total);
        int entropy = 0;
        for (int i = 0; i < n; i++) {
            int ideal = logTotal - BitCost.log2(symbolCounts[i]);
            ideals[i] = ideal;
            entropy += ideal * symbolCounts[i];
        }
        Arrays.fill(ideals, n, padded(), FAR);
        return entropy;
    }

    /** How many symbols occur. */
    int symbolCount() {
        return symbolCount;
    }

    /**
     * Builds codes for what was counted, at least two symbols.
     *
     * @param limit longest code allowed: at least {@code log2} of the number of symbols, at most 11
     * @return bits that the literals take
     */
    int build(int limit) {
        int offset = roundingOffset(limit);
        codeLengths.round(ideals, padded(), BitCost.FRACTION_BITS, offset, limit, lengths);
        fillSlack(limit, (1 << limit) - kraftSum(limit, offset));
        int bits = 0;
        for (int i = 0; i < symbolCount; i++) {
            bits += symbolCounts[i] * lengths[i];
        }
        assignCodes();
        return bits;
    }

    /** How many ideal lengths there are, with those behind that only fill a group. */
    private int padded() {
        return (symbolCount + CodeLengths.GROUP - 1) & -CodeLengths.GROUP;
    }

    /** What codes of ideal lengths, rounded down after adding an offset, take of 2^limit. */
    private int kraftSum(int limit, int offset) {
        int count = padded();
        // Each of those behind is rounded to the limit, which takes one.
        return codeLengths.kraftSum(ideals, count, BitCost.FRACTION_BITS, offset, limit)
                - (count - symbolCount);
    }

    /** The least that added to ideal lengths, before they are rounded down, keeps the Kraft sum. */
    private int roundingOffset(int limit) {
        int budget = 1 << limit;
        int step = BitCost.ONE;
        int enough = BitCost.ONE;
        while (kraftSum(limit, enough) > budget) {
            // So many codes at the limit that the others have to be longer than their ideal.
            step = BitCost.ONE / 4;
            enough += step;
        }
        while (step > 1 << STEP_BITS) {
            step >>= 1;
            if (kraftSum(limit, enough - step) <= budget) {
                enough -= step;
            }
        }
        return enough;
    }

    /** Shortens codes until the Kraft sum is one; the rarest can always take the last of it. */
    private void fillSlack(int limit, int slack) {
        while (slack > 0) {
            for (int i = 0; i < symbolCount && slack > 0; i++) {
                int weight = 1 << (limit - lengths[i]);
                if (weight <= slack && lengths[i] > 1) {
                    lengths[i]--;
                    slack -= weight;
                }
            }
        }
    }

    /** Numbers the codes as the format wants: from the longest to the shortest, then by symbol. */
    private void assignCodes() {
        Arrays.fill(lengthCounts, 0);
        for (int i = 0; i < symbolCount; i++) {
            lengthCounts[(lengths[i] & 15) + ((i & 1) << 4)]++;
        }
        for (int length = 0; length < 16; length++) {
            lengthCounts[length] += lengthCounts[length + 16];
        }
        int bits = MAX_BITS;
        while (lengthCounts[bits] == 0) {
            bits--;
        }
        maxBits = bits;
        int next = 0;
        Arrays.fill(weightCounts, 0);
        for (int length = bits; length > 0; length--) {
            nextCode[length] = code(next, length);
            next = (next + lengthCounts[length]) >> 1;
            weightCounts[bits + 1 - length] = lengthCounts[length];
        }
        Arrays.fill(weights, (byte) 0);
        for (int i = 0; i < symbolCount; i++) {
            int s = symbols[i] & 0xFF;
            int length = lengths[i] & 15;
            long code = nextCode[length];
            nextCode[length] = code + (1L << -length);
            codes[s] = code;
            weights[s] = (byte) (bits + 1 - length);
        }
        maxSymbol = symbols[symbolCount - 1] & 0xFF;
        weightCounts[0] = maxSymbol + 1 - symbolCount;
    }
}
