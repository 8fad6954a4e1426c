package io.trueno.zram.engine.codec.zstd;

/**
 * Finds the matches of one page. The window is one array: a dictionary's content (possibly none),
 * then the page from {@code pageStart}, then at least eight bytes of slack, so that a match may
 * begin in the dictionary and run on without a special case. Not thread-safe.
 */
interface MatchFinder {
    /** Bytes after the page that reads in whole words may touch. */
    int WINDOW_SLACK = 16;

    /** Fills {@code store} with the literals and sequences of the page. */
    void find(byte[] window, int pageStart, SequenceStore store);
}
