package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;

/**
 * Layout of the array that matches are found in, and reads and comparisons over it. The page lies
 * at a constant place behind room for a dictionary's content, so that a match may begin in the
 * dictionary and run on, and the search's bounds are constants of its machine code.
 *
 * <pre>
 * 16 bytes        never matched; lets comparisons look back from the first byte of content
 * 65536 bytes     content of a dictionary, at the end; else never matched
 * 4096 bytes      the page, from {@link #PAGE}
 * 32 bytes        slack for reads in whole words
 * </pre>
 */
final class MatchWindow {
    /** Most bytes of a dictionary's content. */
    static final int MAX_CONTENT_BYTES = 1 << 16;

    /** Where the longest content begins. */
    static final int CONTENT = 16;

    /** Where the page begins. */
    static final int PAGE = CONTENT + MAX_CONTENT_BYTES;

    /** Where the page ends. */
    static final int PAGE_END = PAGE + Pages.SIZE;

    /** Searching stops here, so that reads ahead of a position stay in the window. */
    static final int SEARCH_END = PAGE_END - 18;

    /** Length of the array. */
    static final int BYTES = PAGE_END + 32;

    private MatchWindow() {}

    /** The eight bytes from {@code at}, little-endian. */
    static long word(byte[] window, int at) {
        return (long) BitWriter.LONG.get(window, at);
    }

    /**
     * How many bytes from {@code start} equal those from {@code match}, within the page. The first
     * sixteen are compared without a branch: how long a match is cannot be predicted, and most end
     * there.
     *
     * @param start less than {@link #SEARCH_END} + 2
     */
    static int matchLength(byte[] window, int match, int start) {
        int first = equalBytes(window, match, start);
        int second = equalBytes(window, match + 8, start + 8);
        int length = first + (second & -(first >> 3));
        return length == 16 ? extend(window, match, start) : length;
    }

    private static int extend(byte[] window, int match, int start) {
        int length = 16;
        int more;
        // A step that depends on the data keeps the compiler from unrolling this short loop.
        do {
            more = equalBytes(window, match + length, start + length);
            length += more;
        } while (more == 8 && start + length < PAGE_END);
        return Math.min(length, PAGE_END - start);
    }

    private static int equalBytes(byte[] window, int match, int start) {
        return Long.numberOfTrailingZeros(word(window, match) ^ word(window, start)) >> 3;
    }

    /**
     * How many bytes before {@code start} equal those before {@code match}, at most eight.
     *
     * @param most where to stop anyway
     */
    static int backwardLength(byte[] window, int match, int start, int most) {
        long difference = word(window, match - 8) ^ word(window, start - 8);
        return Math.min(Long.numberOfLeadingZeros(difference) >> 3, most);
    }
}
