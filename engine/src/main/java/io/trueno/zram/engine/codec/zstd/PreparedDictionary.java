package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.SearchMemory.PAGE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary made ready for encoding: its entropy tables, and a hash table over its content.
 * Encoders of any number of threads share one.
 */
public final class PreparedDictionary {
    private static final ValueLayout.OfShort PLACE =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** A match that is longer than what is hashed is found from the next place and extended. */
    private static final int STRIDE = 2;

    final ZstdDictionary dictionary;
    final int id;
    final byte[] content;
    final int[] repeatOffsets;

    /** Codes of the dictionary's Huffman table. */
    final long[] literalCodes;

    final FseEncodingTable literalLengths;
    final FseEncodingTable matchLengths;
    final FseEncodingTable offsets;

    /** The stream of these tables, if they code all that pages can have. */
    final @Nullable SequenceStream sequences;

    /** Places of the content by hash, as a search's table begins. */
    final MemorySegment places = Arena.ofAuto().allocate(SearchMemory.TABLE_BYTES, 64);

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
        sequences =
                literalLengths.codesAll(TableCounts.LITERAL_LENGTHS)
                                && matchLengths.codesAll(TableCounts.MATCH_LENGTHS)
                                && offsets.codesAll(TableCounts.OFFSETS)
                        ? new SequenceStream(literalLengths, matchLengths, offsets)
                        : null;
        fillPlaces();
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
        return MatchWindow.PAGE - content.length;
    }

    /** The place where the content begins in a search; may be below 0. */
    int firstPlace() {
        return PAGE - content.length;
    }

    /** Later places win: they are nearer to the page, and trainers put the best content last. */
    private void fillPlaces() {
        int start = firstPlace();
        int first = Math.max(start, 0);
        for (int i = 0; i < SearchMemory.TABLE_BYTES; i += Short.BYTES) {
            places.set(PLACE, i, (short) first);
        }
        for (int at = first; at + Long.BYTES <= PAGE; at += STRIDE) {
            long word = (long) BitWriter.LONG.get(content, at - start);
            places.set(PLACE, PlaceTable.slot(word), (short) at);
        }
    }
}
