package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.MatchWindow.PAGE;
import static io.trueno.zram.engine.codec.zstd.MatchWindow.PAGE_END;

import org.jspecify.annotations.Nullable;

/**
 * A dictionary made ready for encoding: its entropy tables, and a hash table over its content.
 * Encoders of any number of threads share one.
 */
public final class PreparedDictionary {
    /** Places in a window from here on fit sixteen bits when counted from here. */
    static final int FIRST_POSITION = PAGE_END - (1 << Character.SIZE);

    /** A match that is longer than what is hashed is found from the next place and extended. */
    private static final int STRIDE = 2;

    final ZstdDictionary dictionary;
    final int id;
    final byte[] content;
    final int[] repeatOffsets;

    /** Codes of the dictionary's Huffman table. */
    final int[] literalCodes;

    final FseEncodingTable literalLengths;
    final FseEncodingTable matchLengths;
    final FseEncodingTable offsets;

    /** Places of the content in a window, less {@link #FIRST_POSITION}, by hash. */
    final char[] positions = new char[1 << MatchFinderFast.HASH_LOG];

    private @Nullable DenseDictionary dense;

    private PreparedDictionary(ZstdDictionary dictionary) {
        this.dictionary = dictionary;
        id = dictionary.id();
        content = dictionary.content();
        repeatOffsets = dictionary.repeatOffsets();
        literalCodes = HuffmanEncoderTable.codes(dictionary.huffmanWeights());
        literalLengths = table(dictionary.literalLengths());
        matchLengths = table(dictionary.matchLengths());
        offsets = table(dictionary.offsets());
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

    /** What the dense encoder searches; made when it is first asked for. */
    synchronized DenseDictionary dense() {
        DenseDictionary made = dense;
        if (made == null) {
            made = new DenseDictionary(content);
            dense = made;
        }
        return made;
    }

    /** Where the content begins in a window. */
    int contentStart() {
        return PAGE - content.length;
    }

    /** Later places win: they are nearer to the page, and trainers put the best content last. */
    private void fillPositions() {
        byte[] window = new byte[MatchWindow.BYTES];
        System.arraycopy(content, 0, window, contentStart(), content.length);
        int first = Math.max(contentStart(), FIRST_POSITION);
        for (int at = first; at + Long.BYTES <= PAGE; at += STRIDE) {
            positions[MatchFinderFast.hash(MatchWindow.word(window, at))] =
                    (char) (at - FIRST_POSITION);
        }
    }
}
