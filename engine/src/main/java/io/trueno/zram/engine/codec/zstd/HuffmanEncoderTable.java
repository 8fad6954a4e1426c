package io.trueno.zram.engine.codec.zstd;

import java.util.Arrays;

/**
 * Huffman codes for one page's literals (RFC 8878, 4.2), built without sorting or a tree.
 *
 * <p>For a multiplier of the Kraft sum, the code lengths that minimise total length are {@code
 * log2(total / count)} rounded with one common threshold. So the builder takes logarithms from a
 * table, collects by fraction what shortening the symbols of that fraction would add to the Kraft
 * sum, takes fractions in order while the sum stays within one, and gives what is left to the
 * symbols that come next. That is a Huffman code but for ties, and a limit on the length costs
 * nothing extra.
 */
final class HuffmanEncoderTable {
    private static final int SYMBOLS = 256;
    private static final int FRACTION_BUCKETS = 32;
    private static final int BUCKET_SHIFT = 3;
    private static final int UNCODABLE_BITS = 1 << 16;
    private static final int MAX_BITS = ZstdFormat.MAX_HUFFMAN_BITS;

    /** By symbol: code in the bits from 8 up, length in bits in the low 8; stale when absent. */
    final int[] codes = new int[SYMBOLS];

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
    private final byte[] lengths = new byte[SYMBOLS];
    private int symbolCount;

    private final int[] buckets = new int[FRACTION_BUCKETS];
    private final int[] nextCode = new int[16];
    private final int[] lengthCounts = new int[16];

    /**
     * The codes of a table that is given by its weights, as of a dictionary.
     *
     * @param weights by symbol, the last one included
     * @return 256 codes as in {@link #codes}; 0 when absent
     */
    static int[] codes(byte[] weights) {
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
        int[] codes = new int[SYMBOLS];
        for (int s = 0; s < weights.length; s++) {
            int weight = weights[s];
            if (weight != 0) {
                codes[s] = (next[weight]++ << 8) | (maxBits + 1 - weight);
            }
        }
        return codes;
    }

    /**
     * Bits that the counted literals take with other codes; large if one of them has none there.
     *
     * @param codes 256 codes, 0 when absent
     */
    int bitsWith(int[] codes) {
        int bits = 0;
        for (int i = 0; i < symbolCount; i++) {
            int length = codes[symbols[i] & 0xFF] & 0xFF;
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
        int slack = assignLengths(limit);
        fillSlack(limit, slack);
        Arrays.fill(lengthCounts, 0);
        int bits = 0;
        for (int i = 0; i < symbolCount; i++) {
            int length = lengths[i];
            bits += symbolCounts[i] * length;
            lengthCounts[length & 15]++;
        }
        assignCodes();
        return bits;
    }

    /** Rounds with the best common threshold; returns what is left of the Kraft sum. */
    private int assignLengths(int limit) {
        int n = symbolCount;
        int budget = 1 << limit;
        int shift = 0;
        int sum = sumRoundedUp(limit, shift);
        while (sum > budget) {
            // So many codes at the limit that the others have to be longer than their ideal.
            shift += BitCost.ONE / 4;
            sum = sumRoundedUp(limit, shift);
        }
        int cut = 0;
        while (cut < FRACTION_BUCKETS && sum + buckets[cut] <= budget) {
            sum += buckets[cut++];
        }
        int offset = BitCost.ONE + shift - (cut << BUCKET_SHIFT);
        for (int i = 0; i < n; i++) {
            int length = (ideals[i] + offset) >> BitCost.FRACTION_BITS;
            lengths[i] = (byte) Math.min(Math.max(length, 1), limit);
        }
        return budget - sum;
    }

    /** The Kraft sum with all lengths rounded up; and by fraction, what rounding down adds. */
    private int sumRoundedUp(int limit, int shift) {
        int[] buckets = this.buckets;
        Arrays.fill(buckets, 0);
        int budget = 1 << limit;
        int sum = 0;
        for (int i = 0; i < symbolCount; i++) {
            int ideal = ideals[i] + shift;
            int floor = ideal >> BitCost.FRACTION_BITS;
            int up = budget >> Math.min(floor + 1, limit);
            int down = budget >> Math.min(Math.max(floor, 1), limit);
            sum += up;
            buckets[(ideal >> BUCKET_SHIFT) & (buckets.length - 1)] += down - up;
        }
        return sum;
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
        int bits = MAX_BITS;
        while (lengthCounts[bits] == 0) {
            bits--;
        }
        maxBits = bits;
        int next = 0;
        Arrays.fill(weightCounts, 0);
        for (int length = bits; length > 0; length--) {
            nextCode[length] = (next << 8) | length;
            next = (next + lengthCounts[length]) >> 1;
            weightCounts[bits + 1 - length] = lengthCounts[length];
        }
        Arrays.fill(weights, (byte) 0);
        for (int i = 0; i < symbolCount; i++) {
            int s = symbols[i] & 0xFF;
            int length = lengths[i] & 15;
            int code = nextCode[length];
            nextCode[length] = code + (1 << 8);
            codes[s] = code;
            weights[s] = (byte) (bits + 1 - length);
        }
        maxSymbol = symbols[symbolCount - 1] & 0xFF;
        weightCounts[0] = maxSymbol + 1 - symbolCount;
    }
}
