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
    private static final int FRACTION_BUCKETS = 32;
    private static final int BUCKET_SHIFT = 3;

    /** Per symbol: code in the bits from 8 up, length in bits in the low 8; 0 when absent. */
    final int[] codes = new int[256];

    /** Longest code in bits. */
    int maxBits;

    /** Highest symbol with a code. */
    int maxSymbol;

    private final byte[] lengths = new byte[256];
    private final byte[] symbols = new byte[256];
    private final int[] ideals = new int[256];
    private final int[] buckets = new int[FRACTION_BUCKETS];
    private final int[] nextCode = new int[ZstdFormat.MAX_HUFFMAN_BITS + 2];
    private final int[] lengthCounts = new int[ZstdFormat.MAX_HUFFMAN_BITS + 2];

    /**
     * Builds codes of at most {@code limit} bits.
     *
     * @param counts 256 counts of which at least two are not zero
     * @param total their sum, at most 4096
     * @param limit at least {@code log2} of the number of symbols that occur, at most 11
     * @return bits that the literals take
     */
    int build(int[] counts, int total, int limit) {
        Arrays.fill(lengths, (byte) 0);
        int n = collect(counts, total);
        int slack = assignLengths(n, limit);
        fillSlack(n, limit, slack);
        int bits = 0;
        Arrays.fill(lengthCounts, 0);
        for (int i = 0; i < n; i++) {
            int s = symbols[i] & 0xFF;
            bits += counts[s] * lengths[s];
            lengthCounts[lengths[s]]++;
        }
        assignCodes(n, limit);
        return bits;
    }

    /** Lists the symbols that occur with their ideal lengths; returns how many. */
    private int collect(int[] counts, int total) {
        int logTotal = BitCost.log2(total);
        int n = 0;
        for (int s = 0; s < 256; s++) {
            int count = counts[s];
            if (count != 0) {
                symbols[n] = (byte) s;
                ideals[n] = logTotal - BitCost.log2(count);
                n++;
            }
        }
        maxSymbol = symbols[n - 1] & 0xFF;
        return n;
    }

    /** Rounds with the best common threshold; returns what is left of the Kraft sum. */
    private int assignLengths(int n, int limit) {
        int budget = 1 << limit;
        int shift = 0;
        int sum;
        while (true) {
            Arrays.fill(buckets, 0);
            sum = 0;
            for (int i = 0; i < n; i++) {
                int ideal = ideals[i] + shift;
                int floor = ideal >> BitCost.FRACTION_BITS;
                int up = Math.min(floor + 1, limit);
                int down = Math.clamp(floor, 1, limit);
                int weight = 1 << (limit - up);
                sum += weight;
                buckets[(ideal & (BitCost.ONE - 1)) >> BUCKET_SHIFT] +=
                        (1 << (limit - down)) - weight;
            }
            if (sum <= budget) {
                break;
            }
            shift += BitCost.ONE / 4;
        }
        int cut = 0;
        while (cut < FRACTION_BUCKETS && sum + buckets[cut] <= budget) {
            sum += buckets[cut++];
        }
        int threshold = (cut << BUCKET_SHIFT) - shift;
        for (int i = 0; i < n; i++) {
            // A fraction below the threshold rounds down.
            int length = (ideals[i] - threshold + BitCost.ONE) >> BitCost.FRACTION_BITS;
            lengths[symbols[i] & 0xFF] = (byte) Math.clamp(length, 1, limit);
        }
        return budget - sum;
    }

    /** Shortens codes until the Kraft sum is one; the rarest can always take the last of it. */
    private void fillSlack(int n, int limit, int slack) {
        while (slack > 0) {
            for (int i = 0; i < n && slack > 0; i++) {
                int s = symbols[i] & 0xFF;
                int weight = 1 << (limit - lengths[s]);
                if (weight <= slack && lengths[s] > 1) {
                    lengths[s]--;
                    slack -= weight;
                }
            }
        }
    }

    /** Numbers the codes as the format wants: from the longest to the shortest, then by symbol. */
    private void assignCodes(int n, int limit) {
        int bits = limit;
        while (lengthCounts[bits] == 0) {
            bits--;
        }
        maxBits = bits;
        int next = 0;
        for (int length = bits; length > 0; length--) {
            nextCode[length] = next;
            next = (next + lengthCounts[length]) >> 1;
        }
        Arrays.fill(codes, 0);
        for (int i = 0; i < n; i++) {
            int s = symbols[i] & 0xFF;
            int length = lengths[s];
            codes[s] = (nextCode[length]++ << 8) | length;
        }
    }

    /** The weight by which the format names the length of {@code symbol}'s code; 0 when absent. */
    int weight(int symbol) {
        int length = codes[symbol] & 0xFF;
        return length == 0 ? 0 : maxBits + 1 - length;
    }
}
