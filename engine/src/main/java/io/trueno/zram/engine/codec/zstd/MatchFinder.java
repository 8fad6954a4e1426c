package io.trueno.zram.engine.codec.zstd;

/** Finds the matches of one page in a {@link SearchMemory}. Not thread-safe. */
interface MatchFinder {
    /** Sets the sequences of {@code store}, whose literals are left to be gathered. */
    void find(SearchMemory memory, SequenceStore store);
}
