package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import java.util.Arrays;

/**
 * Looks for matches of eight bytes and of five at every position, in two hash tables.
 *
 * <p>An entry holds a position in its low 12 bits and the generation of the page in its high four,
 * so that the tables are cleared once in fifteen pages. An entry of an older page reads as the
 * page's first byte, which is an honest candidate: candidates are compared before they are used.
 */
final class MatchFinderDouble implements MatchFinder {
    private static final int LOG = 12;
    private static final int SIZE = 1 << LOG;

    private final char[] longs = new char[SIZE];
    private final char[] shorts = new char[SIZE];
    private int stamp;

    private static int hashLong(long word) {
        return (int) ((word * 0xCF1BBCDCB7A56463L) >>> (64 - LOG));
    }

    private static int hashShort(long word) {
        return (int) (((word << 24) * 0x9E3779B185EBCA87L) >>> (64 - LOG));
    }

    private static long word(byte[] window, int at) {
        return (long) BitWriter.LONG.get(window, at);
    }

    private static int matchLength(byte[] window, int a, int b, int end) {
        int start = b;
        while (b < end) {
            long diff = word(window, a) ^ word(window, b);
            if (diff != 0) {
                return Math.min(b + (Long.numberOfTrailingZeros(diff) >> 3), end) - start;
            }
            a += 8;
            b += 8;
        }
        return end - start;
    }

    @Override
    public void find(byte[] window, int base, SequenceStore store) {
        stamp += Pages.SIZE;
        if (stamp >= 1 << 16) {
            Arrays.fill(longs, (char) 0);
            Arrays.fill(shorts, (char) 0);
            stamp = Pages.SIZE;
        }
        int end = base + Pages.SIZE;
        int limit = end - 8;
        int toEntry = stamp - base;
        int toPosition = base - stamp;
        int anchor = base;
        int rep1 = 1;
        int rep2 = 4;
        int rep3 = 8;
        int n = 0;
        int lits = 0;
        int ip = base + 1;
        long first = word(window, base);
        longs[hashLong(first)] = (char) stamp;
        shorts[hashShort(first)] = (char) stamp;
        while (ip < limit) {
            long cur = word(window, ip);
            int hl = hashLong(cur);
            int hs = hashShort(cur);
            int ml = Math.max(longs[hl] + toPosition, base);
            int ms = Math.max(shorts[hs] + toPosition, base);
            longs[hl] = (char) (ip + toEntry);
            shorts[hs] = (char) (ip + toEntry);
            int length;
            int value;
            int start = ip;
            if ((int) word(window, ip + 1 - rep1) == (int) (cur >>> 8)) {
                start = ip + 1;
                length = 4 + matchLength(window, start + 4 - rep1, start + 4, end);
                value = 1;
            } else {
                int match;
                if (word(window, ml) == cur) {
                    length = 8 + matchLength(window, ml + 8, ip + 8, end);
                    match = ml;
                } else if ((int) word(window, ms) == (int) cur) {
                    length = 4 + matchLength(window, ms + 4, ip + 4, end);
                    match = ms;
                    long next = word(window, ip + 1);
                    int h = hashLong(next);
                    int mn = Math.max(longs[h] + toPosition, base);
                    longs[h] = (char) (ip + 1 + toEntry);
                    if (word(window, mn) == next) {
                        int ln = 8 + matchLength(window, mn + 8, ip + 9, end);
                        if (ln > length) {
                            length = ln;
                            match = mn;
                            start = ip + 1;
                        }
                    }
                } else {
                    ip += ((ip - anchor) >> 8) + 1;
                    continue;
                }
                while (start > anchor && match > base && window[start - 1] == window[match - 1]) {
                    start--;
                    match--;
                    length++;
                }
                int offset = start - match;
                if (start > anchor) {
                    if (offset == rep2) {
                        value = 2;
                        rep2 = rep1;
                    } else if (offset == rep3) {
                        value = 3;
                        rep3 = rep2;
                        rep2 = rep1;
                    } else {
                        value = offset == rep1 ? 1 : offset + 3;
                        if (offset != rep1) {
                            rep3 = rep2;
                            rep2 = rep1;
                        }
                    }
                } else {
                    if (offset == rep2) {
                        value = 1;
                        rep2 = rep1;
                    } else {
                        value = offset == rep3 ? 2 : offset + 3;
                        rep3 = rep2;
                        rep2 = rep1;
                    }
                }
                rep1 = offset;
            }
            int run = start - anchor;
            copyLiterals(window, anchor, store.literals, lits, run);
            lits += run;
            store.sequences[n++] = SequenceStore.pack(run, length, value);
            ip = start + length;
            anchor = ip;
            if (ip >= limit) {
                break;
            }
            int at = start + 2;
            long w = word(window, at);
            longs[hashLong(w)] = (char) (at + toEntry);
            shorts[hashShort(w)] = (char) (at + toEntry);
            at = ip - 2;
            longs[hashLong(word(window, at))] = (char) (at + toEntry);
            shorts[hashShort(word(window, ip - 1))] = (char) (ip - 1 + toEntry);
            while (ip < limit && ip - rep2 >= base) {
                long here = word(window, ip);
                if ((int) here != (int) word(window, ip - rep2)) {
                    break;
                }
                length = 4 + matchLength(window, ip + 4 - rep2, ip + 4, end);
                int swap = rep2;
                rep2 = rep1;
                rep1 = swap;
                longs[hashLong(here)] = (char) (ip + toEntry);
                shorts[hashShort(here)] = (char) (ip + toEntry);
                store.sequences[n++] = SequenceStore.pack(0, length, 1);
                ip += length;
                anchor = ip;
            }
        }
        int run = end - anchor;
        copyLiterals(window, anchor, store.literals, lits, run);
        store.literalCount = lits + run;
        store.sequenceCount = n;
    }

    private static void copyLiterals(byte[] window, int from, byte[] literals, int to, int count) {
        if (count <= 16) {
            BitWriter.LONG.set(literals, to, word(window, from));
            BitWriter.LONG.set(literals, to + 8, word(window, from + 8));
        } else {
            System.arraycopy(window, from, literals, to, count);
        }
    }
}
