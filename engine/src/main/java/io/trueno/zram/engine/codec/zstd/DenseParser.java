package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.DenseMatchFinder.COMPARED;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.word;

import io.trueno.zram.engine.Pages;
import java.util.Arrays;

/**
 * Chooses the cheapest way through a page's literals and matches by dynamic programming. Not
 * thread-safe.
 *
 * <p>An arrival at a position is the cheapest way there so far, one {@code long} whose order is
 * that of the costs:
 *
 * <pre>
 * bits  0..15  match length; 0 after a literal
 * bits 16..32  offset value (RFC 8878, 3.1.1.3.2.1.1)
 * bits 33..63  cost
 * </pre>
 *
 * <p>Its state is what the next step's price and meaning depend on:
 *
 * <pre>
 * bits  0..16  newest repeat offset
 * bits 17..33  the one before
 * bits 34..50  the oldest
 * bits 51..63  literals since the last match
 * </pre>
 *
 * Only the state of the cheapest arrival is kept, so the way is the best of those that begin with
 * the best way to each of their positions.
 */
final class DenseParser {
    private static final int VALUE_BITS = 17;
    private static final int VALUE_MASK = (1 << VALUE_BITS) - 1;
    private static final int VALUE_SHIFT = 16;
    private static final int LENGTH_MASK = (1 << VALUE_SHIFT) - 1;
    private static final int COST_SHIFT = VALUE_SHIFT + VALUE_BITS;
    private static final int RUN_SHIFT = 3 * VALUE_BITS;
    private static final long ONE_LITERAL = 1L << RUN_SHIFT;

    private final long[] arrivals = new long[Pages.SIZE + 1];
    private final long[] states = new long[Pages.SIZE + 1];

    /** By length: what a match of it adds to an arrival. */
    private final long[] lengthEntries = new long[Pages.SIZE + 1];

    private final long[] backwards = new long[SequenceStore.MAX_SEQUENCES];

    /** Matches as long as this end the search until {@link #resume} bytes before their end. */
    private int longMatch;

    private int resume;

    /**
     * Sets how closely to look: long matches are taken without asking what else there is.
     *
     * @param longMatch length of such a match
     * @param resume how many bytes before its end to look again
     */
    void setLongMatch(int longMatch, int resume) {
        this.longMatch = longMatch;
        this.resume = resume;
    }

    /**
     * Sets the sequences of {@code store} to the cheapest.
     *
     * @param lowest first byte of the window that matches may reach back to
     * @param from where the page starts
     * @param repeats the three repeat offsets, newest first; set to those after the page
     */
    void parse(
            byte[] window,
            int lowest,
            int from,
            int[] repeats,
            DenseMatchFinder matches,
            DensePrices prices,
            SequenceStore store) {
        setLengthEntries(prices.matchLengths);
        long[] arrivals = this.arrivals;
        Arrays.fill(arrivals, Long.MAX_VALUE);
        arrivals[0] = (long) prices.literalLengths[0] << COST_SHIFT;
        long state = state(repeats[0], repeats[1], repeats[2]);
        for (int i = 0; i < Pages.SIZE; i++) {
            if (i > 0) {
                state = stateAfter(i, arrivals[i]);
            }
            states[i] = state;
            offerLiteral(i, window[from + i] & 0xFF, prices);
            if (i > Pages.SIZE - ZstdFormat.MIN_MATCH) {
                continue;
            }
            int base = (int) (arrivals[i] >>> COST_SHIFT) + prices.literalLengths[0];
            int longest = offerRepeats(window, lowest, from, i, base, prices.offsets);
            longest = offerCandidates(matches, i, base, prices.offsets, longest);
            if (longest >= longMatch) {
                i += longest - resume - 1;
            }
        }
        trace(store);
        state = stateAfter(Pages.SIZE, arrivals[Pages.SIZE]);
        repeats[0] = newest(state);
        repeats[1] = middle(state);
        repeats[2] = oldest(state);
    }

    private void setLengthEntries(int[] prices) {
        for (int length = 0; length <= Pages.SIZE; length++) {
            lengthEntries[length] = ((long) prices[length] << COST_SHIFT) | length;
        }
    }

    private void offerLiteral(int i, int literal, DensePrices prices) {
        int run = (int) (states[i] >>> RUN_SHIFT);
        int[] runPrices = prices.literalLengths;
        int step = prices.literals[literal] + runPrices[run + 1] - runPrices[run];
        long cost = (arrivals[i] >>> COST_SHIFT) + step;
        arrivals[i + 1] = Math.min(arrivals[i + 1], cost << COST_SHIFT);
    }

    /** Offers matches at the repeat offsets, and returns the length of the longest. */
    private int offerRepeats(
            byte[] window, int lowest, int from, int i, int base, int[] offsetPrices) {
        long state = states[i];
        // With no literals before the match, values mean the next older offset (3.1.1.5).
        boolean shifted = state >>> RUN_SHIFT == 0;
        int offset1 = shifted ? middle(state) : newest(state);
        int offset2 = shifted ? oldest(state) : middle(state);
        int offset3 = shifted ? newest(state) - 1 : oldest(state);
        int at = from + i;
        int end = from + Pages.SIZE;
        int reach = at - lowest;
        long low = word(window, at);
        long high = word(window, at + 8);
        int length1 = repeatLength(window, at, offset1, reach, low, high);
        int length2 = repeatLength(window, at, offset2, reach, low, high);
        int length3 = repeatLength(window, at, offset3, reach, low, high);
        int longest = ZstdFormat.MIN_MATCH - 1;
        if (Math.max(Math.max(length1, length2), length3) > longest) {
            length1 = wholeLength(window, at, offset1, end, length1);
            length2 = wholeLength(window, at, offset2, end, length2);
            length3 = wholeLength(window, at, offset3, end, length3);
            offerMatches(i, longest + 1, length1, base + offsetPrices[0], 1);
            longest = Math.max(longest, length1);
            offerMatches(i, longest + 1, length2, base + offsetPrices[1], 2);
            longest = Math.max(longest, length2);
            offerMatches(i, longest + 1, length3, base + offsetPrices[1], 3);
            longest = Math.max(longest, length3);
        }
        return longest;
    }

    /** Compares {@link DenseMatchFinder#COMPARED} bytes; none if the offset is out of reach. */
    private static int repeatLength(
            byte[] window, int at, int offset, int reach, long low, long high) {
        int match = at - Math.min(offset, reach);
        int length = DenseMatchFinder.length16(window, match, low, high);
        return offset > reach || offset <= 0 ? 0 : length;
    }

    private static int wholeLength(byte[] window, int at, int offset, int end, int length) {
        return length == COMPARED
                ? DenseMatchFinder.matchLength(window, at - offset, at, end)
                : Math.min(length, end - at);
    }

    private int offerCandidates(
            DenseMatchFinder matches, int i, int base, int[] offsetPrices, int longerThan) {
        int longest = longerThan;
        int end = matches.first[i + 1];
        for (int c = matches.first[i]; c < end; c++) {
            long candidate = matches.candidates[c];
            int length = DenseMatchFinder.length(candidate);
            if (length > longest) {
                int value = DenseMatchFinder.offset(candidate) + 3;
                int price = base + offsetPrices[SequenceCodes.offset(value)];
                offerMatches(i, longest + 1, length, price, value);
                longest = length;
            }
        }
        return longest;
    }

    /** Offers matches of one offset and all lengths of a range. */
    private void offerMatches(int i, int shortest, int longest, int price, int value) {
        long[] arrivals = this.arrivals;
        long[] lengthEntries = this.lengthEntries;
        long entry = ((long) price << COST_SHIFT) + ((long) value << VALUE_SHIFT);
        int from = longest >= longMatch ? Math.max(shortest, longest - resume) : shortest;
        for (int length = from; length <= longest; length++) {
            arrivals[i + length] = Math.min(arrivals[i + length], entry + lengthEntries[length]);
        }
    }

    /** The state of a position whose arrival is final. */
    private long stateAfter(int i, long arrival) {
        int length = (int) arrival & LENGTH_MASK;
        if (length == 0) {
            return states[i - 1] + ONE_LITERAL;
        }
        long before = states[i - length];
        int value = (int) (arrival >>> VALUE_SHIFT) & VALUE_MASK;
        if (value > 3) {
            return state(value - 3, newest(before), middle(before));
        }
        int which = value - (before >>> RUN_SHIFT == 0 ? 0 : 1);
        return switch (which) {
            case 0 -> before & ONE_LITERAL - 1;
            case 1 -> state(middle(before), newest(before), oldest(before));
            case 2 -> state(oldest(before), newest(before), middle(before));
            default -> state(newest(before) - 1, newest(before), middle(before));
        };
    }

    /** The state behind a match: three repeat offsets, newest first. */
    private static long state(int first, int second, int third) {
        return first | ((long) second << VALUE_BITS) | ((long) third << (2 * VALUE_BITS));
    }

    private static int newest(long state) {
        return (int) state & VALUE_MASK;
    }

    private static int middle(long state) {
        return (int) (state >>> VALUE_BITS) & VALUE_MASK;
    }

    private static int oldest(long state) {
        return (int) (state >>> (2 * VALUE_BITS)) & VALUE_MASK;
    }

    /** Follows the arrivals from the end, whose last literals belong to no sequence. */
    private void trace(SequenceStore store) {
        int n = 0;
        int at = startOfLiterals(Pages.SIZE);
        while (at > 0) {
            int length = (int) arrivals[at] & LENGTH_MASK;
            int value = (int) (arrivals[at] >>> VALUE_SHIFT) & VALUE_MASK;
            int literalsEnd = at - length;
            at = startOfLiterals(literalsEnd);
            backwards[n++] = SequenceStore.pack(literalsEnd - at, length, value);
        }
        for (int i = 0; i < n; i++) {
            store.sequences[i] = backwards[n - 1 - i];
        }
        store.sequenceCount = n;
    }

    private int startOfLiterals(int end) {
        int at = end;
        while (at > 0 && ((int) arrivals[at] & LENGTH_MASK) == 0) {
            at--;
        }
        return at;
    }
}
