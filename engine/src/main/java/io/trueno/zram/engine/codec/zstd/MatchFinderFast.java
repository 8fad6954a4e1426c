package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.SearchMemory.PAGE;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.PAGE_END;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.PLACES;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.SEARCH_END;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.TABLE;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.WINDOW;
import static io.trueno.zram.engine.codec.zstd.SearchMemory.reach;
import static io.trueno.zram.engine.kernel.RawMemory.getInt;
import static io.trueno.zram.engine.kernel.RawMemory.getLong;
import static io.trueno.zram.engine.kernel.RawMemory.getShort;
import static io.trueno.zram.engine.kernel.RawMemory.putShort;

import io.trueno.zram.engine.kernel.MatchLengths;
import io.trueno.zram.engine.kernel.RawMemory;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks for matches in one hash table, two positions at a time, the last offset first: in memory
 * pages more than half of all matches repeat it.
 *
 * <p>A template for {@link MatchFinders}.
 */
final class MatchFinderFast implements MatchFinder {
    private static final MatchFinders.Constants CONSTANTS =
            MatchFinders.constantsOf(MethodHandles.lookup());
    private static final MatchLengths LENGTHS = CONSTANTS.lengths();
    private static final int UNHASHED_BITS = PlaceTable.unhashedBits(CONSTANTS.hashBytes());
    private static final int SKIP_SHIFT = CONSTANTS.skipShift();

    private final @Nullable PreparedDictionary dictionary;
    private final int lowest;
    private final int[] repeatOffsets;

    /**
     * @param dictionary whose content lies before the page, if there is one
     */
    MatchFinderFast(@Nullable PreparedDictionary dictionary) {
        this.dictionary = dictionary;
        lowest = dictionary == null ? PAGE : dictionary.firstPlace();
        repeatOffsets = dictionary == null ? new int[] {1, 4, 8} : dictionary.repeatOffsets;
    }

    private static long slot(long word) {
        return PlaceTable.slot(word, UNHASHED_BITS);
    }

    @Override
    public void find(SearchMemory memory, SequenceStore store) {
        PlaceTable.start(memory, dictionary);
        long base = RawMemory.address(memory.base());
        // Not by the base: C2 would make one address for two uses, and keep it on the stack.
        long window = RawMemory.address(memory.base() + WINDOW);
        long lowest = this.lowest;
        long anchor = PAGE;
        long rep1 = repeatOffsets[0];
        long rep2 = repeatOffsets[1];
        long rep3 = repeatOffsets[2];
        long[] sequences = store.sequences;
        byte[] literals = store.literals;
        int n = 0;
        int to = 0;
        // With a dictionary, a match of the first byte is found as the extension of a later one.
        long at = PAGE + 1;
        while (at < SEARCH_END) {
            long place = Objects.checkIndex(at, (long) SEARCH_END);
            long current = getLong(window + place);
            long next = current >>> 8;
            long slot = slot(current);
            long nextSlot = slot(next);
            long match = getShort(base + TABLE + slot);
            long nextMatch = getShort(base + TABLE + nextSlot);
            putShort(base + TABLE + slot, place);
            putShort(base + TABLE + nextSlot, place + 1);
            long repeat = next ^ getLong(base + reach(place + 1 - rep1));
            long start;
            boolean repeats = false;
            if (place == anchor && (int) current == getInt(base + reach(place - rep2))) {
                start = place;
                match = start - rep2;
                repeats = true;
                long swap = rep2;
                rep2 = rep1;
                rep1 = swap;
            } else if ((int) repeat == 0) {
                start = place + 1;
                match = start - rep1;
                repeats = true;
            } else if ((current ^ getLong(base + WINDOW + match)) << UNHASHED_BITS == 0) {
                start = place;
            } else if ((int) (repeat >>> 8) == 0) {
                start = place + 2;
                match = start - rep1;
                repeats = true;
            } else if ((next ^ getLong(base + WINDOW + nextMatch)) << UNHASHED_BITS == 0) {
                start = place + 1;
                match = nextMatch;
            } else {
                at = place + 2 + ((place - anchor) >> SKIP_SHIFT);
                continue;
            }
            long length =
                    LENGTHS.matchLength(base + reach(match), base + reach(start), PAGE_END - start);
            long value = 1;
            if (!repeats) {
                long offset = start - match;
                long most = Math.min(start - anchor, match - lowest);
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
            long run = start - anchor;
            sequences[n++] = SequenceStore.pack(run, length, value);
            // Beside what the search waits for they cost less than gathered afterwards.
            long source = window + (anchor & PLACES);
            BitWriter.LONG.set(literals, to, getLong(source));
            BitWriter.LONG.set(literals, to + 8, getLong(source + 8));
            for (long copied = 16; copied < run; copied += 8) {
                long more = (anchor + copied) & PLACES;
                BitWriter.LONG.set(literals, to + (int) copied, getLong(window + more));
            }
            to += (int) run;
            at = start + length;
            anchor = at;
            long inside = (at - 2) & PLACES;
            putShort(base + TABLE + slot(getLong(base + WINDOW + inside)), inside);
        }
        store.sequenceCount = n;
        store.literalCount = to + memory.copyRest(anchor, literals, to);
    }
}
