package io.trueno.zram.engine.codec.zstd;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One of the three code tables of a sequences section: takes the counts of a page's codes and picks
 * how to give the table (RFC 8878, 3.1.1.3.2.1) by what it costs in bits. Not thread-safe.
 */
final class SequenceTable {
    /** Logs of a page's own tables: more than so few sequences can make use of costs more. */
    private static final int MAX_OWN_LOG = 6;

    private static final int LARGE_LOG_SEQUENCES = 40;

    /** Bits that a description takes per code, from below. */
    private static final int DESCRIPTION_BITS = 3;

    /** What a table of its own has to save per sequence when the dictionary's is there. */
    private static final int WORTH_PER_SEQUENCE = BitCost.ONE / 16;

    private final FseEncodingTable predefined;
    private final @Nullable FseEncodingTable dictionary;
    private final FseEncodingTable own = new FseEncodingTable(MAX_OWN_LOG);
    private final short[] probabilities = new short[FseEncodingTable.MAX_SYMBOLS];

    /**
     * Occurrences of each code, in two sets of {@link FseEncodingTable#MAX_SYMBOLS} that are added
     * up; the caller counts, {@link #choose} clears.
     */
    final int[] counts = new int[2 * FseEncodingTable.MAX_SYMBOLS];

    /** The table to code with, after {@link #choose}. */
    FseEncodingTable chosen;

    /** Its mode, after {@link #choose}. */
    int mode;

    SequenceTable(FseEncodingTable predefined, @Nullable FseEncodingTable dictionary) {
        this.predefined = predefined;
        this.dictionary = dictionary;
        chosen = predefined;
    }

    /**
     * Picks the table and writes its description, if it has one.
     *
     * @param total number of sequences, at least 1
     * @param present one bit for each code that occurs
     * @return the position after the description
     */
    int choose(int total, long present, byte[] out, int at) {
        for (int s = 0; s < FseEncodingTable.MAX_SYMBOLS; s++) {
            counts[s] += counts[s + FseEncodingTable.MAX_SYMBOLS];
        }
        int distinct = Long.bitCount(present);
        chosen = predefined;
        mode = ZstdFormat.MODE_PREDEFINED;
        int cost = costOf(predefined, present);
        if (dictionary != null) {
            int repeatCost = costOf(dictionary, present);
            if (repeatCost <= cost) {
                chosen = dictionary;
                mode = ZstdFormat.MODE_REPEAT;
                cost = repeatCost;
            }
        }
        int end = at;
        if (distinct == 1) {
            if (cost > Byte.SIZE * BitCost.ONE) {
                end = useSingle(Long.numberOfTrailingZeros(present), out, at);
            }
        } else if (ownMayPay(total, present, distinct, cost)) {
            end = tryOwn(total, present, distinct, cost, out, at);
        }
        Arrays.fill(counts, 0);
        return end;
    }

    private int useSingle(int code, byte[] out, int at) {
        own.buildSingle(code);
        chosen = own;
        mode = ZstdFormat.MODE_RLE;
        out[at] = (byte) code;
        return at + 1;
    }

    private int tryOwn(int total, long present, int distinct, int cost, byte[] out, int at) {
        int log = total >= LARGE_LOG_SEQUENCES || distinct > 24 ? MAX_OWN_LOG : MAX_OWN_LOG - 1;
        FseDistribution.normalize(counts, present, total, log, probabilities);
        int end = FseDistribution.write(probabilities, present, log, out, at);
        int ownCost = own.build(probabilities, counts, present, log);
        ownCost += (end - at) * Byte.SIZE * BitCost.ONE;
        if (ownCost >= cost) {
            return at;
        }
        chosen = own;
        mode = ZstdFormat.MODE_FSE;
        return end;
    }

    /**
     * Whether building a table is worth the time. Without a dictionary it nearly always is; with
     * one, only if what can be saved at best is worth it too.
     */
    private boolean ownMayPay(int total, long present, int distinct, int cost) {
        int least = DESCRIPTION_BITS * distinct * BitCost.ONE;
        if (dictionary != null) {
            least += least + total * WORTH_PER_SEQUENCE + entropy(total, present);
        }
        return least < cost;
    }

    private int entropy(int total, long present) {
        int sum = total * BitCost.log2(total);
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int count = counts[Long.numberOfTrailingZeros(rest)];
            sum -= count * BitCost.log2(count);
        }
        return sum;
    }

    private int costOf(FseEncodingTable table, long present) {
        int cost = 0;
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int s = Long.numberOfTrailingZeros(rest);
            cost += counts[s] * table.price[s];
        }
        return cost;
    }
}
