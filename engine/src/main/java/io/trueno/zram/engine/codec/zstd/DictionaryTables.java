package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Fits the entropy tables of a dictionary to one level of {@link ZstdPageEncoder}. A trainer fits
 * them to its own encoder, and what a quick and a dense encoder make of a page differs so much that
 * each does better with tables of its own.
 */
public final class DictionaryTables {
    /** What counts are scaled to: the logarithms of {@link BitCost} reach so far. */
    private static final int SCALE = Pages.SIZE;

    /** Codes that get a place: all that pages and clusters can have. */
    static final int LITERAL_LENGTHS = 32, MATCH_LENGTHS = 48, OFFSETS = 18;

    private static final int HEADER_BYTES = 8;

    private final long[] literals = new long[256];
    private final long[] literalLengths = new long[LITERAL_LENGTHS];
    private final long[] matchLengths = new long[MATCH_LENGTHS];
    private final long[] offsets = new long[OFFSETS];

    private DictionaryTables() {}

    /**
     * The dictionary with other tables: the same id, the same repeat offsets, and, but for what the
     * tables take more at its beginning, the same content. Takes the time of compressing the pages.
     *
     * @param dictionary in the format of RFC 8878, section 5; at most 64 KiB of content
     * @param level of the encoder that will use it
     * @param pages holds {@code count} pages back to back, such as the dictionary is for
     * @return a dictionary no longer than the one given
     * @throws io.trueno.zram.engine.CorruptPageException if it is not a dictionary of this format
     * @throws IllegalArgumentException if the level or the length of the content is not supported
     */
    public static byte[] fit(byte[] dictionary, int level, MemorySegment pages, int count) {
        ZstdDictionary parsed = ZstdDictionary.parse(dictionary);
        ZstdPageEncoder encoder =
                new ZstdPageEncoder(level, PreparedDictionary.of(parsed), SimdBackend.detect());
        DictionaryTables tables = new DictionaryTables();
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        for (int i = 0; i < count; i++) {
            if (encoder.encodeBlocks(pages, (long) i * Pages.SIZE, packed)
                    != PageCodec.INCOMPRESSIBLE) {
                tables.count(encoder.lastSequences());
            }
        }
        return tables.write(dictionary, parsed);
    }

    private void count(SequenceStore store) {
        for (int i = 0; i < store.literalCount; i++) {
            literals[store.literals[i] & 0xFF]++;
        }
        for (int i = 0; i < store.sequenceCount; i++) {
            long sequence = store.sequences[i];
            literalLengths[SequenceCodes.literalLength(SequenceStore.literalLength(sequence))]++;
            matchLengths[SequenceCodes.matchLength(SequenceStore.matchLengthBase(sequence))]++;
            offsets[SequenceCodes.offset(SequenceStore.offsetValue(sequence))]++;
        }
    }

    private byte[] write(byte[] dictionary, ZstdDictionary parsed) {
        byte[] tables = new byte[2 * Pages.SIZE];
        HuffmanEncoderTable huffman =
                new HuffmanEncoderTable(Kernels.of(SimdBackend.detect()).codeLengths());
        int[] scaled = scaled(literals);
        huffman.count(scaled, sum(scaled));
        huffman.build(ZstdFormat.MAX_HUFFMAN_BITS);
        int at = new HuffmanEncoderWeights().write(huffman, tables, 0);
        if (at == HuffmanEncoderWeights.NOT_DESCRIBABLE) {
            return dictionary;
        }
        at = write(offsets, ZstdFormat.MAX_OFFSET_LOG, tables, at);
        at = write(matchLengths, ZstdFormat.MAX_MATCH_LENGTH_LOG, tables, at);
        at = write(literalLengths, ZstdFormat.MAX_LITERAL_LENGTH_LOG, tables, at);
        int[] repeats = parsed.repeatOffsets();
        int head = HEADER_BYTES + at + repeats.length * Integer.BYTES;
        byte[] content = parsed.content();
        int kept = Math.min(content.length, dictionary.length - head);
        ByteBuffer out = ByteBuffer.allocate(head + kept).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(ZstdFormat.DICTIONARY_MAGIC).putInt(parsed.id()).put(tables, 0, at);
        for (int repeat : repeats) {
            out.putInt(Math.min(repeat, kept));
        }
        out.put(content, content.length - kept, kept);
        return out.array();
    }

    private static int write(long[] counts, int log, byte[] out, int at) {
        int[] scaled = scaled(counts);
        long present = (1L << counts.length) - 1;
        short[] probabilities = new short[FseEncodingTable.MAX_SYMBOLS];
        FseDistribution.normalize(scaled, present, sum(scaled), log, probabilities);
        return FseDistribution.write(probabilities, present, log, out, at);
    }

    /** Counts whose sum is about {@link #SCALE} and no more, none of them zero. */
    private static int[] scaled(long[] counts) {
        long total = 1;
        for (long count : counts) {
            total += count;
        }
        int[] scaled = new int[counts.length];
        for (int i = 0; i < counts.length; i++) {
            scaled[i] = (int) (1 + counts[i] * (SCALE - counts.length) / total);
        }
        return scaled;
    }

    private static int sum(int[] counts) {
        int sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }
}
