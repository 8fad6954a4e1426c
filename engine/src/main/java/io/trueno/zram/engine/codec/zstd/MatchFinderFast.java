package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.MatchWindow.PAGE;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.SEARCH_END;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.matchLength;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.word;

/**
 * Looks for matches in one hash table, two positions at a time, the last offset first: in memory
 * pages more than half of all matches repeat it.
 */
final class MatchFinderFast implements MatchFinder {
    /** Bytes that a match found by hash has at least; the last offset may repeat for four. */
    static final int HASH_BYTES = 5;

    static final int HASH_LOG = 13;

    private static final int UNHASHED_BITS = Long.SIZE - HASH_BYTES * Byte.SIZE;

    private final PageHashTable positions;
    private final int lowest;
    private final int[] repeatOffsets;
    private final int skipShift;

    /**
     * A finder that sees nothing but the page.
     *
     * @param skipShift after {@code 2^skipShift} bytes without a match, steps grow by one
     */
    MatchFinderFast(int skipShift) {
        positions = new PageHashTable(HASH_LOG);
        lowest = PAGE;
        repeatOffsets = new int[] {1, 4, 8};
        this.skipShift = skipShift;
    }

    /** A finder that sees a dictionary's content before the page. */
    MatchFinderFast(PreparedDictionary dictionary, int skipShift) {
        positions = new PageHashTable(dictionary);
        lowest = dictionary.contentStart();
        repeatOffsets = dictionary.repeatOffsets;
        this.skipShift = skipShift;
    }

    static int hash(long word) {
        return (int) (((word << UNHASHED_BITS) * 0xCF1BBCDCB7A56463L) >>> (Long.SIZE - HASH_LOG));
    }

    @Override
    public void find(byte[] window, SequenceStore store) {
        int toEntry = positions.startPage();
        char[] table = positions.entries;
        long[] sequences = store.sequences;
        int lowest = this.lowest;
        int skipShift = this.skipShift;
        int anchor = PAGE;
        int rep1 = repeatOffsets[0];
        int rep2 = repeatOffsets[1];
        int rep3 = repeatOffsets[2];
        int n = 0;
        // With a dictionary, a match of the first byte is found as the extension of a later one.
        int at = PAGE + 1;
        table[hash(word(window, PAGE))] = (char) (PAGE + toEntry);
        while (at < SEARCH_END) {
            long current = word(window, at);
            long next = current >>> 8;
            int hash = hash(current);
            int nextHash = hash(next);
            int match = Math.max(table[hash] - toEntry, lowest);
            int nextMatch = Math.max(table[nextHash] - toEntry, lowest);
            table[hash] = (char) (at + toEntry);
            table[nextHash] = (char) (at + 1 + toEntry);
            long repeat = next ^ word(window, at + 1 - rep1);
            int start;
            boolean repeats = false;
            if ((int) repeat == 0) {
                start = at + 1;
                repeats = true;
            } else if ((current ^ word(window, match)) << UNHASHED_BITS == 0) {
                start = at;
            } else if ((int) (repeat >>> 8) == 0) {
                start = at + 2;
                repeats = true;
            } else if ((next ^ word(window, nextMatch)) << UNHASHED_BITS == 0) {
                start = at + 1;
                match = nextMatch;
            } else {
                at += 2 + ((at - anchor) >> skipShift);
                continue;
            }
            int length;
            int value;
            if (repeats) {
                length = matchLength(window, start - rep1, start);
                value = 1;
            } else {
                length = matchLength(window, match, start);
                int offset = start - match;
                int most = Math.min(start - anchor, match - lowest);
                int back = MatchWindow.backwardLength(window, match, start, most);
                start -= back;
                length += back;
                value = offset + 3;
                // With no literals before the match, values 1 and 2 mean the older offsets.
                int older = start > anchor ? 2 : 1;
                if (offset == rep2) {
                    value = older;
                } else {
                    if (offset == rep3) {
                        value = older + 1;
                    }
                    rep3 = rep2;
                }
                rep2 = rep1;
                rep1 = offset;
            }
            sequences[n++] = SequenceStore.pack(start - anchor, length, value);
            at = start + length;
            anchor = at;
            table[hash(word(window, at - 2))] = (char) (at - 2 + toEntry);
            if ((int) word(window, at) == (int) word(window, at - rep2) && at < SEARCH_END) {
                length = matchLength(window, at - rep2, at);
                int swap = rep2;
                rep2 = rep1;
                rep1 = swap;
                table[hash(word(window, at))] = (char) (at + toEntry);
                sequences[n++] = SequenceStore.pack(0, length, 1);
                at += length;
                anchor = at;
            }
        }
        store.sequenceCount = n;
    }
}
