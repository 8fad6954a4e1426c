package io.trueno.zram.engine.codec.zstd;

/** Finds the matches of one page in a {@link SearchMemory}. Not thread-safe. */
interface MatchFinder {
    /** Sets the sequences and literals of {@code store}. */
    void find(SearchMemory memory, SequenceStore store);
}
