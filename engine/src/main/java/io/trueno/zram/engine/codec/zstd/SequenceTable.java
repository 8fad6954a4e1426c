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

    /** The least that counts as worth it when the dictionary's table is there. */
    private static final int WORTH_PER_SEQUENCE = BitCost.ONE / 16;

    /** Instead of a greatest log: be quick about choosing. */
    static final int QUICK = 0;

    /**
     * Prices that a parser reckons with are not more than this: what is dear may be all there is.
     */
    private static final int MOST_PRICE = 20 * BitCost.ONE;

    /** What coding a code that does not occur so far would take beyond the log of the table. */
    private static final int NEW_CODE_BITS = 1;

    /** Eighths of the dictionary's or predefined price in that of a table of its own. */
    private static final int PRIOR_EIGHTHS = 2;

    private final FseEncodingTable predefined;
    private final @Nullable FseEncodingTable dictionary;
    private final int denseLog;

    /** What a table of its own has to save per sequence to be built; 0: nothing. */
    private final int worth;

    private FseEncodingTable own;

    /** The table of a block before, when {@link #endBlock} is used. */
    private FseEncodingTable spare;

    /** What the mode "repeat" stands for. */
    private @Nullable FseEncodingTable repeatable;

    /** The codes of {@link #own}, after {@link #choose} chose it. */
    private long ownPresent;

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

    /**
     * @param denseLog greatest log to try for a table of its own to find the shortest, or {@link
     *     #QUICK}
     * @param worth what a table of its own has to save per sequence without a dictionary, in {@link
     *     BitCost} units
     */
    SequenceTable(
            FseEncodingTable predefined,
            @Nullable FseEncodingTable dictionary,
            int denseLog,
            int worth) {
        this.worth = dictionary != null ? WORTH_PER_SEQUENCE : worth;
        this.predefined = predefined;
        this.dictionary = dictionary;
        this.denseLog = denseLog;
        repeatable = dictionary;
        own = new FseEncodingTable(Math.max(denseLog, MAX_OWN_LOG));
        spare = denseLog == QUICK ? own : new FseEncodingTable(denseLog);
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
        if (repeatable != null) {
            int repeatCost = costOf(repeatable, present);
            if (repeatCost <= cost) {
                chosen = repeatable;
                mode = ZstdFormat.MODE_REPEAT;
                cost = repeatCost;
            }
        }
        int end = at;
        if (distinct == 1) {
            if (cost > Byte.SIZE * BitCost.ONE) {
                end = useSingle(Long.numberOfTrailingZeros(present), out, at);
            }
        } else if (denseLog != QUICK) {
            end = tryAllLogs(total, present, distinct, cost, out, at);
        } else if (ownMayPay(total, present, distinct, cost)) {
            end = tryOwn(total, present, distinct, cost, out, at);
        }
        Arrays.fill(counts, 0);
        return end;
    }

    /** Forgets the tables of the last frame. */
    void startFrame() {
        repeatable = dictionary;
    }

    /** Makes the chosen table the one that the next block may repeat. */
    void endBlock() {
        if (mode == ZstdFormat.MODE_FSE) {
            for (int s = 0; s < FseEncodingTable.MAX_SYMBOLS; s++) {
                if ((ownPresent >>> s & 1) == 0) {
                    own.price[s] = FseEncodingTable.UNCODABLE;
                }
            }
            repeatable = own;
            own = spare;
            spare = repeatable;
        } else if (mode != ZstdFormat.MODE_REPEAT) {
            repeatable = null;
        }
    }

    /** Chooses the table that is most likely to do when nothing is known of the codes. */
    void chooseAtFirst() {
        mode = repeatable == null ? ZstdFormat.MODE_PREDEFINED : ZstdFormat.MODE_REPEAT;
        chosen = repeatable == null ? predefined : repeatable;
    }

    /**
     * Sets what each code costs with the chosen table, for a parser. Codes that a table of its own
     * has not are not impossible: the next parse may have a table with them. Nor is that table the
     * one of the parse before, so the dictionary's or the predefined one has a say in its prices.
     */
    void price(int[] prices) {
        FseEncodingTable prior = dictionary == null ? predefined : dictionary;
        for (int s = 0; s < FseEncodingTable.MAX_SYMBOLS; s++) {
            int priorPrice = Math.min(prior.price[s], MOST_PRICE);
            prices[s] =
                    switch (mode) {
                        case ZstdFormat.MODE_RLE -> priorPrice;
                        case ZstdFormat.MODE_FSE ->
                                (ownPrice(s) * (8 - PRIOR_EIGHTHS) + priorPrice * PRIOR_EIGHTHS)
                                        >> 3;
                        default -> Math.min(chosen.price[s], MOST_PRICE);
                    };
        }
    }

    private int ownPrice(int code) {
        return (ownPresent >>> code & 1) == 0
                ? (own.log + NEW_CODE_BITS) * BitCost.ONE
                : own.price[code];
    }

    private int useSingle(int code, byte[] out, int at) {
        own.buildSingle(code);
        chosen = own;
        mode = ZstdFormat.MODE_RLE;
        out[at] = (byte) code;
        return at + 1;
    }

    private int tryAllLogs(int total, long present, int distinct, int cost, byte[] out, int at) {
        int best = 0;
        int least = cost;
        for (int log = ZstdFormat.MIN_FSE_LOG; log <= denseLog; log++) {
            if (distinct <= 1 << log) {
                int end = buildOwn(total, present, log, out, at);
                int ownCost = costOf(own, present) + (end - at) * Byte.SIZE * BitCost.ONE;
                if (ownCost < least) {
                    least = ownCost;
                    best = log;
                }
            }
        }
        if (best == 0) {
            return at;
        }
        chosen = own;
        mode = ZstdFormat.MODE_FSE;
        ownPresent = present;
        return buildOwn(total, present, best, out, at);
    }

    private int buildOwn(int total, long present, int log, byte[] out, int at) {
        FseDistribution.normalize(counts, present, total, log, probabilities);
        own.build(probabilities, counts, present, log);
        return FseDistribution.write(probabilities, present, log, out, at);
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
     * Whether building a table is worth the time. At levels 1 and 3 without a dictionary it nearly
     * always is; else only if what can be saved at best is worth it too.
     */
    private boolean ownMayPay(int total, long present, int distinct, int cost) {
        int least = DESCRIPTION_BITS * distinct * BitCost.ONE;
        if (worth != 0) {
            least += least + total * worth + entropy(total, present);
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
