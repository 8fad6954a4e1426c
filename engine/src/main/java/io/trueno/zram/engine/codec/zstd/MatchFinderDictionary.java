package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.MatchWindow.PAGE;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.SEARCH_END;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.matchLength;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.word;

/**
 * Looks for matches in the page, then in a dictionary's content, which lies before the page in the
 * window; the last offset first.
 */
final class MatchFinderDictionary implements MatchFinder {
    private static final int LOG = 12;
    private static final int SKIP_SHIFT = 8;
    private static final int UNHASHED_BITS = 24;

    private final PageHashTable positions = new PageHashTable(LOG);
    private final PreparedDictionary dictionary;

    MatchFinderDictionary(PreparedDictionary dictionary) {
        this.dictionary = dictionary;
    }

    private static int hash(long word) {
        return (int) (((word << UNHASHED_BITS) * 0xCF1BBCDCB7A56463L) >>> (Long.SIZE - LOG));
    }

    @Override
    public void find(byte[] window, SequenceStore store) {
        int toEntry = positions.startPage();
        char[] table = positions.entries;
        char[] longPositions = dictionary.longPositions;
        char[] shortPositions = dictionary.shortPositions;
        long[] sequences = store.sequences;
        int lowest = dictionary.contentStart();
        int rep1 = dictionary.repeatOffsets[0];
        int rep2 = dictionary.repeatOffsets[1];
        int rep3 = dictionary.repeatOffsets[2];
        int anchor = PAGE;
        int n = 0;
        // A match of the first byte is found as the extension of one from the second.
        int at = PAGE + 1;
        table[hash(word(window, PAGE))] = (char) (PAGE + toEntry);
        while (at < SEARCH_END) {
            long current = word(window, at);
            int hash = hash(current);
            int match = Math.max(table[hash] - toEntry, PAGE);
            table[hash] = (char) (at + toEntry);
            int start = at;
            int length;
            int value;
            if ((int) (current >>> 8) == (int) word(window, at + 1 - rep1)) {
                start++;
                length = matchLength(window, start - rep1, start);
                value = 1;
            } else {
                int longMatch = longPositions[PreparedDictionary.hashLong(current)];
                longMatch += MatchWindow.CONTENT;
                if ((current ^ word(window, match)) << UNHASHED_BITS == 0) {
                    length = matchLength(window, match, start);
                    if (length < 8 && word(window, longMatch) == current) {
                        match = longMatch;
                        length = matchLength(window, match, start);
                    }
                } else if (word(window, longMatch) == current) {
                    match = longMatch;
                    length = matchLength(window, match, start);
                } else {
                    match = shortPositions[PreparedDictionary.hashShort(current)];
                    match += MatchWindow.CONTENT;
                    if (!PreparedDictionary.equalShort(word(window, match), current)) {
                        at += 1 + ((at - anchor) >> SKIP_SHIFT);
                        continue;
                    }
                    length = matchLength(window, match, start);
                }
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
            table[hash(word(window, at + 1))] = (char) (at + 1 + toEntry);
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
