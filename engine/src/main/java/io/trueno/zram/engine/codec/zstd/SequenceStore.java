package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.kernel.RawMemory;

/**
 * What a match finder hands to the entropy coders: the literals of one page and its sequences.
 * Searching is kept apart from encoding, so that each loop is short and its tables stay in cache.
 *
 * <p>One sequence is one {@code long}:
 *
 * <pre>
 * bits  0..15  literal length, 0 to 4096
 * bits 16..31  match length - 3
 * bits 32..63  offset value of RFC 8878, 3.1.1.3.2.1.1: 1 to 3 repeat an offset, else offset + 3
 * </pre>
 *
 * Not thread-safe; reset by the finder at the start of a page.
 */
final class SequenceStore {
    /** Bytes that may be written past the literals, so that copies go in whole words. */
    static final int LITERAL_SLACK = 64;

    /** No page has more sequences: a match takes at least three bytes. */
    static final int MAX_SEQUENCES = Pages.SIZE / ZstdFormat.MIN_MATCH + 1;

    final byte[] literals = new byte[Pages.SIZE + LITERAL_SLACK];
    final long[] sequences = new long[MAX_SEQUENCES];
    int literalCount;
    int sequenceCount;

    /** Collects the literals that the sequences leave, from the memory that they were found in. */
    void gatherLiterals(SearchMemory memory) {
        long page = RawMemory.address(memory.base()) + SearchMemory.WINDOW + SearchMemory.PAGE;
        byte[] literals = this.literals;
        long[] sequences = this.sequences;
        int n = sequenceCount;
        int from = 0;
        int to = 0;
        for (int i = 0; i < n; i++) {
            long sequence = sequences[i];
            int run = literalLength(sequence);
            long source = page + (from & (Pages.SIZE - 1));
            BitWriter.LONG.set(literals, to, RawMemory.getLong(source));
            BitWriter.LONG.set(literals, to + 8, RawMemory.getLong(source + 8));
            // Not by a call, see MatchLengths.
            for (int copied = 16; copied < run; copied += 16) {
                long more = source + (copied & (Pages.SIZE - 1));
                BitWriter.LONG.set(literals, to + copied, RawMemory.getLong(more));
                BitWriter.LONG.set(literals, to + copied + 8, RawMemory.getLong(more + 8));
            }
            to += run;
            from += run + matchLengthBase(sequence) + ZstdFormat.MIN_MATCH;
        }
        literalCount = to + memory.copyRest(SearchMemory.PAGE + from, literals, to);
    }

    /** The same for a page anywhere in a window of the dense encoder. */
    void gatherLiterals(byte[] window, int start) {
        byte[] literals = this.literals;
        long[] sequences = this.sequences;
        int n = sequenceCount;
        int from = start;
        int to = 0;
        for (int i = 0; i < n; i++) {
            long sequence = sequences[i];
            int run = literalLength(sequence);
            BitWriter.LONG.set(literals, to, (long) BitWriter.LONG.get(window, from));
            BitWriter.LONG.set(literals, to + 8, (long) BitWriter.LONG.get(window, from + 8));
            if (run > 16) {
                System.arraycopy(window, from + 16, literals, to + 16, run - 16);
            }
            to += run;
            from += run + matchLengthBase(sequence) + ZstdFormat.MIN_MATCH;
        }
        int rest = start + Pages.SIZE - from;
        System.arraycopy(window, from, literals, to, rest);
        literalCount = to + rest;
    }

    static long pack(long literalLength, long matchLength, long offsetValue) {
        return literalLength | ((matchLength - ZstdFormat.MIN_MATCH) << 16) | (offsetValue << 32);
    }

    static int literalLength(long sequence) {
        return (int) sequence & 0xFFFF;
    }

    /** Match length less {@link ZstdFormat#MIN_MATCH}. */
    static int matchLengthBase(long sequence) {
        return (int) sequence >>> 16;
    }

    static int offsetValue(long sequence) {
        return (int) (sequence >>> 32);
    }
}
