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

    /** Length of the array. */
    static final int BYTES = PAGE_END + 32;

    private MatchWindow() {}

    /** The eight bytes from {@code at}, little-endian. */
    static long word(byte[] window, int at) {
        return (long) BitWriter.LONG.get(window, at);
    }
}
