package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.SearchMemory.PAGE;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.PAGE_END;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.PLACES;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.SEARCH_END;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.TABLE;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.WINDOW;
import static io.trueno.zram.engine.kernel.RawMemory.getInt;
import static io.trueno.zram.engine.kernel.RawMemory.getLong;
import static io.trueno.zram.engine.kernel.RawMemory.getShort;
import static io.trueno.zram.engine.kernel.RawMemory.putShort;

import io.trueno.zram.engine.kernel.MatchLengths;
import io.trueno.zram.engine.kernel.RawMemory;
import java.lang.invoke.MethodHandles;
import java.util.Objects;

/**
 * Looks for matches of eight bytes and of four at every position, in two hash tables, the last
 * offset first.
 *
 * <p>A template for {@link MatchFinders}.
 */
final class MatchFinderDouble implements MatchFinder {
    private static final MatchLengths LENGTHS =
            MatchFinders.constantsOf(MethodHandles.lookup()).lengths();

    private static final int SHORT_TABLE = TABLE + SearchMemory.TABLE_BYTES / 2;
    private static final int LOG =
            Integer.numberOfTrailingZeros(SearchMemory.TABLE_BYTES / 2 / Short.BYTES);

    private static final int SKIP_SHIFT = 8;

    MatchFinderDouble() {}

    private static long longSlot(long word) {
        return Short.BYTES * ((word * 0xCF1BBCDCB7A56463L) >>> (Long.SIZE - LOG));
    }

    private static long shortSlot(long word) {
        return Short.BYTES * ((word * (0x9E3779B185EBCA87L << Integer.SIZE)) >>> (Long.SIZE - LOG));
    }

    @Override
    public void find(SearchMemory memory, SequenceStore store) {
        PlaceTable.start(memory, null);
        long base = RawMemory.address(memory.base());
        long anchor = PAGE;
        long rep1 = 1;
        long rep2 = 4;
        long rep3 = 8;
        long[] sequences = store.sequences;
        int n = 0;
        long at = PAGE + 1;
        while (at < SEARCH_END) {
            long place = Objects.checkIndex(at, (long) SEARCH_END);
            long current = getLong(base + WINDOW + place);
            long longSlot = base + TABLE + longSlot(current);
            long shortSlot = base + SHORT_TABLE + shortSlot(current);
            long longMatch = getShort(longSlot);
            long match = getShort(shortSlot);
            putShort(longSlot, place);
            putShort(shortSlot, place);
            long start = place;
            boolean repeats = false;
            if (place == anchor
                    && (int) current == getInt(base + WINDOW + ((place - rep2) & PLACES))) {
                match = start - rep2;
                repeats = true;
                long swap = rep2;
                rep2 = rep1;
                rep1 = swap;
            } else if ((int) (current >>> 8)
                    == getInt(base + WINDOW + ((place + 1 - rep1) & PLACES))) {
                start++;
                match = start - rep1;
                repeats = true;
            } else if (getLong(base + WINDOW + longMatch) == current) {
                match = longMatch;
            } else if (getInt(base + WINDOW + match) == (int) current) {
                // A match of eight bytes one further on is worth the literal.
                long next = getLong(base + WINDOW + place + 1);
                long nextSlot = longSlot(next);
                long nextMatch = getShort(base + TABLE + nextSlot);
                putShort(base + TABLE + nextSlot, place + 1);
                if (getLong(base + WINDOW + nextMatch) == next) {
                    match = nextMatch;
                    start++;
                }
            } else {
                at = place + 1 + ((place - anchor) >> SKIP_SHIFT);
                continue;
            }
            putShort(base + SHORT_TABLE + shortSlot(getLong(base + WINDOW + place + 2)), place + 2);
            long length =
                    LENGTHS.matchLength(
                            base + WINDOW + (match & PLACES),
                            base + WINDOW + (start & PLACES),
                            PAGE_END - start);
            long value = 1;
            if (!repeats) {
                long offset = start - match;
                long most = Math.min(start - anchor, match - PAGE);
                long back = SearchMemory.backwardLength(base, match, start, most);
                start -= back;
                length += back;
                value = offset + 3;
                // With no literals before the match, values 1 and 2 mean the older offsets.
                long older = start > anchor ? 2 : 1;
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
            long inside = (at - 2) & PLACES;
            long word = getLong(base + WINDOW + inside);
            putShort(base + TABLE + longSlot(word), inside);
            putShort(base + SHORT_TABLE + shortSlot(word >>> 8), inside + 1);
        }
        store.sequenceCount = n;
        // In the loop above they would be too much for C2, which inlines so much and no more.
        store.gatherLiterals(memory);
    }
}
