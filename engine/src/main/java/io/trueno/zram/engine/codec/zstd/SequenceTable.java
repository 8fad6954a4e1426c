package io.trueno.zram.engine.codec.zstd;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One of the three code tables of a sequences section: counts the codes of a page and picks how to
 * give the table (RFC 8878, 3.1.1.3.2.1) by what it costs in bits. Not thread-safe.
 */
final class SequenceTable {
    private final FseEncodingTable predefined;
    private final @Nullable FseEncodingTable dictionary;
    private final FseEncodingTable own;
    private final short[] probabilities;

    /** Occurrences of each code; the caller counts, {@link #choose} clears. */
    final int[] counts;

    /** The table to code with, after {@link #choose}. */
    FseEncodingTable chosen;

    /** Its mode, after {@link #choose}. */
    int mode;

    private int maxCode;

    SequenceTable(FseEncodingTable predefined, @Nullable FseEncodingTable dictionary, int maxCode) {
        this.predefined = predefined;
        this.dictionary = dictionary;
        own = new FseEncodingTable(maxCode, 6);
        counts = new int[Integer.highestOneBit(maxCode) << 1];
        probabilities = new short[counts.length];
        chosen = predefined;
    }

    /**
     * Picks the table and writes its description.
     *
     * @param total number of sequences, at least 1
     * @return the position after the description
     */
    int choose(int total, BitWriter bits, byte[] out, int at) {
        int distinct = 0;
        int entropy = total * BitCost.log2(total);
        int predefinedCost = 0;
        int[] prices = predefined.price;
        maxCode = 0;
        for (int s = 0; s < counts.length; s++) {
            int count = counts[s];
            if (count != 0) {
                distinct++;
                maxCode = s;
                entropy -= count * BitCost.log2(count);
                predefinedCost += count * prices[s];
            }
        }
        int end = pick(total, distinct, entropy, predefinedCost, bits, out, at);
        Arrays.fill(counts, 0);
        return end;
    }

    private int pick(
            int total,
            int distinct,
            int entropy,
            int predefinedCost,
            BitWriter bits,
            byte[] out,
            int at) {
        FseEncodingTable best = predefined;
        int bestMode = ZstdFormat.MODE_PREDEFINED;
        int bestCost = predefinedCost;
        if (dictionary != null) {
            int cost = costOf(dictionary);
            if (cost <= bestCost) {
                best = dictionary;
                bestMode = ZstdFormat.MODE_REPEAT;
                bestCost = cost;
            }
        }
        if (distinct == 1) {
            if (bestCost > 8 * BitCost.ONE) {
                own.buildRle(maxCode);
                chosen = own;
                mode = ZstdFormat.MODE_RLE;
                out[at] = (byte) maxCode;
                return at + 1;
            }
        } else if (entropy + descriptionCost(distinct) < bestCost) {
            int log = total >= 40 || distinct > 24 ? 6 : 5;
            FseDistribution.normalize(counts, maxCode, total, log, probabilities);
            own.build(probabilities, maxCode, log);
            int end = FseDistribution.write(probabilities, maxCode, log, bits, out, at);
            if (costOf(own) + ((end - at) << (BitCost.FRACTION_BITS + 3)) < bestCost) {
                chosen = own;
                mode = ZstdFormat.MODE_FSE;
                return end;
            }
        }
        chosen = best;
        mode = bestMode;
        return at;
    }

    /** What describing a table of that many codes is expected to take, from below. */
    private static int descriptionCost(int distinct) {
        return (8 + 3 * distinct) << BitCost.FRACTION_BITS;
    }

    private int costOf(FseEncodingTable table) {
        int cost = 0;
        for (int s = 0; s <= maxCode; s++) {
            cost += counts[s] * table.price[s];
        }
        return cost;
    }
}
