package io.trueno.zram.engine.select;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/**
 * Counts over a sample of 31 of a page's 8-byte words. For one thread at a time; allocates nothing.
 */
public final class PageFeatures {
    /** Sampled words that are zero. */
    private static final int ZERO_WORDS = 0;

    /** Zero bytes in the sampled words. */
    private static final int ZERO_BYTES = 1;

    /** Bytes of 0x20 to 0x7F in the sampled words: mostly text. */
    private static final int TEXT_BYTES = 2;

    /** Bytes of 0x80 and above in the sampled words. */
    private static final int HIGH_BYTES = 3;

    /** Of 64 hash buckets, those that the sampled words fall into: few when words repeat. */
    private static final int WORD_BUCKETS = 4;

    /** The same for the words' upper halves: few for pointers and small numbers. */
    private static final int UPPER_BUCKETS = 5;

    /** The same for their lower halves. */
    private static final int LOWER_BUCKETS = 6;

    /** Sampled words whose upper half equals that of the word before. */
    private static final int NEIGHBOURS = 7;

    /** The features' names, in the order of {@link #get}. */
    public static final List<String> NAMES =
            List.of(
                    "zero-words",
                    "zero-bytes",
                    "text-bytes",
                    "high-bytes",
                    "word-buckets",
                    "upper-buckets",
                    "lower-buckets",
                    "neighbours");

    /**
     * Distance of sampled words: 17 of them, so that records of any usual length are met at all
     * their fields. Each word costs four nanoseconds.
     */
    private static final int STRIDE = 17 * Long.BYTES;

    private static final long EVERY_LOW_7_BITS = 0x7F7F7F7F7F7F7F7FL;
    private static final long EVERY_HIGH_BIT = 0x8080808080808080L;
    private static final long HASH_PRIME = 0x9E3779B97F4A7C15L;

    private final int[] counts = new int[NAMES.size()];

    /**
     * Counts over one page.
     *
     * @param page holds the page at {@code offset}; not kept
     * @throws IndexOutOfBoundsException if the page does not lie in the segment
     */
    public void sample(MemorySegment page, long offset) {
        Objects.checkFromIndexSize(offset, Pages.SIZE, page.byteSize());
        int zeroWords = 0;
        int zeroBytes = 0;
        int textBytes = 0;
        int highBytes = 0;
        int neighbours = 0;
        long words = 0;
        long uppers = 0;
        long lowers = 0;
        // Not the page's first word: the word before must lie in the page.
        long end = offset + Pages.SIZE;
        for (long at = offset + Long.BYTES; at < end; at += STRIDE) {
            long word = page.get(JAVA_LONG_UNALIGNED, at);
            long before = page.get(JAVA_LONG_UNALIGNED, at - Long.BYTES);
            zeroWords += word == 0 ? 1 : 0;
            // The high bit of each byte of this is set where the byte is not zero.
            long nonZero = ((word & EVERY_LOW_7_BITS) + EVERY_LOW_7_BITS) | word;
            zeroBytes += Long.bitCount(~nonZero & EVERY_HIGH_BIT);
            highBytes += Long.bitCount(word & EVERY_HIGH_BIT);
            textBytes += Long.bitCount(((word << 1) | (word << 2)) & ~word & EVERY_HIGH_BIT);
            neighbours += (word ^ before) >>> Integer.SIZE == 0 ? 1 : 0;
            words |= 1L << bucket(word);
            uppers |= 1L << bucket(word >>> Integer.SIZE);
            lowers |= 1L << bucket(word << Integer.SIZE);
        }
        counts[ZERO_WORDS] = zeroWords;
        counts[ZERO_BYTES] = zeroBytes;
        counts[TEXT_BYTES] = textBytes;
        counts[HIGH_BYTES] = highBytes;
        counts[WORD_BUCKETS] = Long.bitCount(words);
        counts[UPPER_BUCKETS] = Long.bitCount(uppers);
        counts[LOWER_BUCKETS] = Long.bitCount(lowers);
        counts[NEIGHBOURS] = neighbours;
    }

    /** The hash of a word, 0 to 63. */
    private static long bucket(long word) {
        return (word * HASH_PRIME) >>> (Long.SIZE - 6);
    }

    /** What {@link #sample} counted last, by index into {@link #NAMES}. */
    public int get(int feature) {
        return counts[feature];
    }
}
