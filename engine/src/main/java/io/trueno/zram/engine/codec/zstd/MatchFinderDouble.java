package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.MatchWindow.PAGE;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.SEARCH_END;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.matchLength;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.word;

/**
 * Looks for matches of eight bytes and of four at every position, in two hash tables, the last
 * offset first.
 */
final class MatchFinderDouble implements MatchFinder {
    private static final int LOG = 12;
    private static final int SKIP_SHIFT = 8;

    private final PageHashTable longPositions = new PageHashTable(LOG);
    private final PageHashTable shortPositions = new PageHashTable(LOG);

    private static int hashLong(long word) {
        return (int) ((word * 0xCF1BBCDCB7A56463L) >>> (Long.SIZE - LOG));
    }

    private static int hashShort(long word) {
        return (int) (((word << Integer.SIZE) * 0x9E3779B185EBCA87L) >>> (Long.SIZE - LOG));
    }

    @Override
    public void find(byte[] window, SequenceStore store) {
        int toEntry = longPositions.startPage();
        shortPositions.startPage();
        char[] longs = longPositions.entries;
        char[] shorts = shortPositions.entries;
        long[] sequences = store.sequences;
        int anchor = PAGE;
        int rep1 = 1;
        int rep2 = 4;
        int rep3 = 8;
        int n = 0;
        int at = PAGE + 1;
        longs[hashLong(word(window, PAGE))] = (char) (PAGE + toEntry);
        shorts[hashShort(word(window, PAGE))] = (char) (PAGE + toEntry);
        while (at < SEARCH_END) {
            long current = word(window, at);
            int longHash = hashLong(current);
            int shortHash = hashShort(current);
            int longMatch = Math.max(longs[longHash] - toEntry, PAGE);
            int match = Math.max(shorts[shortHash] - toEntry, PAGE);
            longs[longHash] = (char) (at + toEntry);
            shorts[shortHash] = (char) (at + toEntry);
            int start = at;
            int length;
            int value;
            if ((int) (current >>> 8) == (int) word(window, at + 1 - rep1)) {
                start++;
                length = matchLength(window, start - rep1, start);
                value = 1;
            } else {
                if (word(window, longMatch) == current) {
                    match = longMatch;
                    length = matchLength(window, match, start);
                } else if ((int) word(window, match) == (int) current) {
                    length = matchLength(window, match, start);
                    // A match of eight bytes one further on is worth the literal.
                    long next = word(window, at + 1);
                    int nextHash = hashLong(next);
                    int nextMatch = Math.max(longs[nextHash] - toEntry, PAGE);
                    longs[nextHash] = (char) (at + 1 + toEntry);
                    if (word(window, nextMatch) == next) {
                        int nextLength = matchLength(window, nextMatch, at + 1);
                        if (nextLength > length) {
                            length = nextLength;
                            match = nextMatch;
                            start++;
                        }
                    }
                } else {
                    at += 1 + ((at - anchor) >> SKIP_SHIFT);
                    continue;
                }
                int offset = start - match;
                int most = Math.min(start - anchor, match - PAGE);
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
            shorts[hashShort(word(window, at + 2))] = (char) (at + 2 + toEntry);
            at = start + length;
            anchor = at;
            longs[hashLong(word(window, at - 2))] = (char) (at - 2 + toEntry);
            shorts[hashShort(word(window, at - 1))] = (char) (at - 1 + toEntry);
            while ((int) word(window, at) == (int) word(window, at - rep2) && at < SEARCH_END) {
                length = matchLength(window, at - rep2, at);
                int swap = rep2;
                rep2 = rep1;
                rep1 = swap;
                longs[hashLong(word(window, at))] = (char) (at + toEntry);
                shorts[hashShort(word(window, at))] = (char) (at + toEntry);
                sequences[n++] = SequenceStore.pack(0, length, 1);
                at += length;
                anchor = at;
            }
        }
        store.sequenceCount = n;
    }
}
