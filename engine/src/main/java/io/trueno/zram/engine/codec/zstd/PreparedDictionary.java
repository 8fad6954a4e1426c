package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.MatchWindow.PAGE;

import java.util.Arrays;

/**
 * A dictionary made ready for encoding: its entropy tables, and hash tables over its content that
 * no page has to fill, clear or copy. Immutable; encoders of any number of threads share one.
 */
public final class PreparedDictionary {
    private static final int HASH_LOG = 15;

    /** Shorter matches so far away cost about as much as their literals. */
    private static final int SHORT_BYTES = 6;

    private static final int SHORT_SHIFT = Long.SIZE - SHORT_BYTES * Byte.SIZE;

    final ZstdDictionary dictionary;
    final int id;
    final byte[] content;
    final int[] repeatOffsets;

    /** Codes of the dictionary's Huffman table. */
    final int[] literalCodes;

    final FseEncodingTable literalLengths;
    final FseEncodingTable matchLengths;
    final FseEncodingTable offsets;

    /**
     * Places in a window, less {@link MatchWindow#CONTENT}, of eight bytes by {@link #hashLong}.
     */
    final char[] longPositions;

    /** The same of six bytes by {@link #hashShort}. */
    final char[] shortPositions;

    private PreparedDictionary(ZstdDictionary dictionary) {
        this.dictionary = dictionary;
        id = dictionary.id();
        content = dictionary.content();
        repeatOffsets = dictionary.repeatOffsets();
        literalCodes = HuffmanEncoderTable.codes(dictionary.huffmanWeights());
        literalLengths = table(dictionary.literalLengths());
        matchLengths = table(dictionary.matchLengths());
        offsets = table(dictionary.offsets());
        longPositions = new char[1 << HASH_LOG];
        shortPositions = new char[1 << HASH_LOG];
        fillPositions();
    }

    /**
     * Prepares a dictionary.
     *
     * @throws IllegalArgumentException if its content is shorter than 8 bytes or longer than 64 KiB
     */
    public static PreparedDictionary of(ZstdDictionary dictionary) {
        int bytes = dictionary.contentBytes();
        if (bytes < Long.BYTES || bytes > MatchWindow.MAX_CONTENT_BYTES) {
            throw new IllegalArgumentException(
                    "dictionary content must have 8 to 65536 bytes: bytes=" + bytes);
        }
        return new PreparedDictionary(dictionary);
    }

    private static FseEncodingTable table(FseDescription description) {
        return FseEncodingTable.of(description.counts(), description.accuracyLog());
    }

    /** Where the content begins in a window. */
    int contentStart() {
        return PAGE - content.length;
    }

    /** Later places win: they are nearer to the page, and trainers put the best content last. */
    private void fillPositions() {
        byte[] window = new byte[MatchWindow.BYTES];
        System.arraycopy(content, 0, window, contentStart(), content.length);
        // An empty entry names the first place, an honest candidate.
        char first = (char) (contentStart() - MatchWindow.CONTENT);
        Arrays.fill(longPositions, first);
        Arrays.fill(shortPositions, first);
        for (int at = contentStart(); at + Long.BYTES <= PAGE; at++) {
            long word = MatchWindow.word(window, at);
            longPositions[hashLong(word)] = (char) (at - MatchWindow.CONTENT);
            shortPositions[hashShort(word)] = (char) (at - MatchWindow.CONTENT);
        }
    }

    static int hashLong(long word) {
        return (int) ((word * 0xCF1BBCDCB7A56463L) >>> (Long.SIZE - HASH_LOG));
    }

    static int hashShort(long word) {
        return (int) (((word << SHORT_SHIFT) * 0x9E3779B185EBCA87L) >>> (Long.SIZE - HASH_LOG));
    }

    /** Whether the six bytes that {@link #hashShort} hashes are equal. */
    static boolean equalShort(long word, long other) {
        return (word ^ other) << SHORT_SHIFT == 0;
    }
}
