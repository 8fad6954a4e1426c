package io.trueno.zram.engine.codec.zstd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.kernel.MatchLengths;
import io.trueno.zram.engine.kernel.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The native block that a match finder works in: one base address, everything at a fixed distance
 * from it, as in {@link DecoderMemory} and for the same reasons.
 *
 * <p>Matches are found in a window of <em>places</em>, 0 to 65535, so that one fits sixteen bits.
 * The page lies at its end and a dictionary's content directly before the page, so that a match may
 * begin in the dictionary and run on; content that is longer than the places before the page
 * reaches below place 0, where matches can be extended but not found.
 *
 * <p>Why it is safe: a place that comes from a table has sixteen bits, so it lies in the window;
 * places of the search are checked against its end in the method that forms an address; lengths are
 * cut at the page's end; reads overshoot by less than {@link #SLACK}, and go back by at most eight
 * bytes from the lowest match.
 *
 * <p>The block lives as long as this object, which users keep reachable over a whole page.
 */
final class SearchMemory {
    /** Bytes that reads and copies may touch before the content and behind the page. */
    static final int SLACK = MatchLengths.REACH;

    /** The first place behind the page. */
    static final int PAGE_END = 1 << Character.SIZE;

    /** Cuts a number down to a place. */
    static final int PLACES = PAGE_END - 1;

    /** The place where the page begins. */
    static final int PAGE = PAGE_END - Pages.SIZE;

    /** Searching stops at this place, so that reads ahead of a position stay in the window. */
    static final int SEARCH_END = PAGE_END - 10;

    /** Place 0. */
    static final int WINDOW = SLACK + MatchWindow.MAX_CONTENT_BYTES - PAGE;

    /** How far content may reach below place 0. */
    private static final int BELOW = MatchWindow.MAX_CONTENT_BYTES - PAGE;

    /** More than all places and what lies below; the block is at least as long. */
    private static final int REACHES = (1 << 17) - 1;

    /** Places by hash, two bytes each. */
    static final int TABLE = WINDOW + PAGE_END + SLACK;

    static final int TABLE_BYTES = 1 << 14;

    private static final int BYTES = WINDOW + REACHES + 1 + SLACK;

    private final MemorySegment block = Arena.ofAuto().allocate(BYTES, 64);

    /** The whole block, for accesses that are checked. */
    MemorySegment block() {
        return block;
    }

    /** Address of the block. */
    long base() {
        return block.address();
    }

    /**
     * Where a place lies in the block. A repeat offset of a dictionary may reach below place 0, to
     * the first byte of the longest content; whatever the number, the result is in the block.
     */
    static long reach(long place) {
        return WINDOW - BELOW + ((place + BELOW) & REACHES);
    }

    /** Copies a page to its place. */
    void setPage(MemorySegment page, long pageOffset) {
        MemorySegment.copy(page, pageOffset, block, WINDOW + PAGE, Pages.SIZE);
    }

    /** Copies the page out from {@code place} on; returns how many bytes that are. */
    int copyRest(long place, byte[] target, int to) {
        int length = (int) (PAGE_END - place);
        MemorySegment.copy(block, JAVA_BYTE, WINDOW + place, target, to, length);
        return length;
    }

    /** Puts a dictionary's content before the page. */
    void setContent(byte[] content) {
        int start = PAGE - content.length;
        MemorySegment.copy(content, 0, block, JAVA_BYTE, WINDOW + start, content.length);
    }

    /**
     * How many bytes before {@code start} equal those before {@code match}, at most eight.
     *
     * @param base address of the block
     * @param most where to stop anyway
     */
    static long backwardLength(long base, long match, long start, long most) {
        long difference =
                RawMemory.getLong(base - 8 + reach(match))
                        ^ RawMemory.getLong(base - 8 + reach(start));
        return Math.min(Long.numberOfLeadingZeros(difference) >> 3, most);
    }
}
