package io.trueno.zram.engine.codec.zstd;

/** Finds the matches of one page in a {@link MatchWindow}. Not thread-safe. */
interface MatchFinder {
    /** Sets the sequences of {@code store}, whose literals are left to be gathered. */
    void find(byte[] window, SequenceStore store);
}
