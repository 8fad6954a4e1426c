package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.MatchWindow.word;

import io.trueno.zram.engine.Pages;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds for every position of a page the matches that an optimal parser may want: for growing
 * lengths, the nearest one each. Not thread-safe.
 *
 * <p>There is a table of last positions by hash for matches of at least 3, 4, 6, 8 and 16 bytes,
 * and one by 4, 6, 8, 12 and 16 bytes over the dictionary ({@link DenseDictionary}). All are asked
 * at every position, which costs less than following chains: what is found is compared over sixteen
 * bytes without a branch, and kept without one.
 */
final class DenseMatchFinder {
    /** Behind a match of so many bytes, positions are not searched until shortly before its end. */
    static final int LONG_MATCH = 48;

    /** How long before the end of a long match searching goes on. */
    static final int RESUME = 16;

    /** What {@link #length16} compares at most. */
    static final int COMPARED = 16;

    private static final int TABLES = 5;

    /** Those by fewer than 16 bytes. */
    private static final int SHORT_TABLES = 4;

    /** Tables, those of the dictionary, and the last position's longest match going on. */
    private static final int MOST_CANDIDATES = 2 * TABLES + 1;

    /** By table and hash: the last position, from the start of the frame. */
    private final char[] positions;

    private final int log;
    private final @Nullable DenseDictionary dictionary;
    private final int[] offsets = new int[2 * SHORT_TABLES];

    /** By position in the page: index of its first candidate; one more at the end. */
    final int[] first = new int[Pages.SIZE + 1];

    /** Candidates, by position and growing length; see {@link #length} and {@link #offset}. */
    final long[] candidates = new long[Pages.SIZE * MOST_CANDIDATES];

    /**
     * @param maxPages most pages of a frame
     */
    DenseMatchFinder(int maxPages, @Nullable DenseDictionary dictionary) {
        this.dictionary = dictionary;
        log = Pages.SHIFT + Integer.SIZE - Integer.numberOfLeadingZeros(maxPages - 1);
        positions = new char[TABLES << log];
    }

    private static long candidate(int length, int offset) {
        return ((long) length << Integer.SIZE) | offset;
    }

    static int length(long candidate) {
        return (int) (candidate >>> Integer.SIZE);
    }

    static int offset(long candidate) {
        return (int) candidate;
    }

    /** Forgets the last frame. */
    void startFrame() {
        Arrays.fill(positions, (char) 0);
    }

    /**
     * Finds the candidates of the page at {@code from}, and remembers it for the next ones.
     *
     * @param start where the frame starts in the window; a dictionary's content lies before it
     */
    void find(byte[] window, int start, int from) {
        DenseDictionary dictionary = this.dictionary;
        int dictionaryBytes = dictionary == null ? 0 : dictionary.bytes;
        int tables = dictionary == null ? SHORT_TABLES : 2 * SHORT_TABLES;
        char[] positions = this.positions;
        long[] candidates = this.candidates;
        int[] offsets = this.offsets;
        int shift = Long.SIZE - log;
        int end = from + Pages.SIZE;
        int n = 0;
        int searchFrom = from;
        int goingOn = 0;
        int goingOnOffset = 0;
        for (int at = from; at < end; at++) {
            int place = at - start;
            first[at - from] = n;
            long low = word(window, at);
            long high = word(window, at + 8);
            long longHash = MatchHash.of16(low, high);
            int slot3 = (int) (MatchHash.of3(low) >>> shift);
            int slot4 = (int) (MatchHash.of4(low) >>> shift) + (1 << log);
            int slot6 = (int) (MatchHash.of6(low) >>> shift) + (2 << log);
            int slot8 = (int) (MatchHash.of8(low) >>> shift) + (3 << log);
            int slot16 = (int) (longHash >>> shift) + (4 << log);
            offsets[0] = place - positions[slot3];
            offsets[1] = place - positions[slot4];
            offsets[2] = place - positions[slot6];
            offsets[3] = place - positions[slot8];
            int longOffset = place - positions[slot16];
            positions[slot3] = (char) place;
            positions[slot4] = (char) place;
            positions[slot6] = (char) place;
            positions[slot8] = (char) place;
            positions[slot16] = (char) place;
            if (at < searchFrom || at > end - ZstdFormat.MIN_MATCH) {
                continue;
            }
            int longDictionaryOffset = 0;
            if (dictionary != null) {
                int toOffset = place + dictionaryBytes;
                offsets[4] = toOffset - dictionary.lastOf4(low);
                offsets[5] = toOffset - dictionary.lastOf6(low);
                offsets[6] = toOffset - dictionary.lastOf8(low);
                offsets[7] = toOffset - dictionary.lastOf12(low, word(window, at + 4));
                longDictionaryOffset = toOffset - dictionary.lastOf16(longHash);
            }
            int longest = ZstdFormat.MIN_MATCH - 1;
            // At the start of a frame the tables know nothing but the position itself.
            for (int t = place == 0 ? SHORT_TABLES : 0; t < tables; t++) {
                int length = length16(window, at - offsets[t], low, high);
                candidates[n] = candidate(length, offsets[t]);
                n += length > longest ? 1 : 0;
                longest = Math.max(length, longest);
            }
            if (longest == COMPARED) {
                int offset = offset(candidates[n - 1]);
                longest =
                        offset == goingOnOffset
                                ? Math.max(goingOn, COMPARED)
                                : matchLength(window, at - offset, at, end);
                candidates[n - 1] = candidate(longest, offset);
            }
            if (longOffset != goingOnOffset && longOffset != 0) {
                int length = longLength(window, at - longOffset, at, end, low, high);
                candidates[n] = candidate(length, longOffset);
                n += length > longest ? 1 : 0;
                longest = Math.max(length, longest);
            }
            if (longDictionaryOffset != goingOnOffset && longDictionaryOffset != 0) {
                int length = longLength(window, at - longDictionaryOffset, at, end, low, high);
                candidates[n] = candidate(length, longDictionaryOffset);
                n += length > longest ? 1 : 0;
                longest = Math.max(length, longest);
            }
            if (goingOn > longest) {
                candidates[n++] = candidate(goingOn, goingOnOffset);
                longest = goingOn;
            }
            if (end - at < COMPARED && n > first[at - from]) {
                n = cut(first[at - from], n, end - at);
                longest = length(candidates[n - 1]);
            }
            goingOn = longest > COMPARED ? longest - 1 : 0;
            goingOnOffset = goingOn == 0 ? 0 : offset(candidates[n - 1]);
            if (longest >= LONG_MATCH) {
                searchFrom = at + longest - RESUME;
                goingOn = RESUME;
            }
        }
        first[Pages.SIZE] = n;
    }

    /** Makes the first candidate that reaches the page's end the last one and end there. */
    private int cut(int from, int to, int most) {
        int c = from;
        while (c < to - 1 && length(candidates[c]) < most) {
            c++;
        }
        candidates[c] = candidate(Math.min(length(candidates[c]), most), offset(candidates[c]));
        return c + 1;
    }

    private static int longLength(byte[] window, int match, int at, int end, long low, long high) {
        int length = length16(window, match, low, high);
        return length == COMPARED ? matchLength(window, match, at, end) : length;
    }

    /** How many of the sixteen bytes {@code low} and {@code high} are found at {@code match}. */
    static int length16(byte[] window, int match, long low, long high) {
        int first = Long.numberOfTrailingZeros(word(window, match) ^ low) >> 3;
        int second = Long.numberOfTrailingZeros(word(window, match + 8) ^ high) >> 3;
        return first + (second & -(first >> 3));
    }

    /** How many bytes from {@code at} to {@code end} at most equal those from {@code match}. */
    static int matchLength(byte[] window, int match, int at, int end) {
        int length = 0;
        long difference;
        do {
            difference = word(window, match + length) ^ word(window, at + length);
            length += Long.numberOfTrailingZeros(difference) >> 3;
        } while (difference == 0 && at + length < end);
        return Math.min(length, end - at);
    }
}
