package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.kernel.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** How often pages used each literal and each code, and the dictionary that this makes. */
final class TableCounts {
    /** What counts are scaled to: the logarithms of {@link BitCost} reach so far. */
    private static final int SCALE = Pages.SIZE;

    /** Codes that get a place: all that pages and clusters can have. */
    static final int LITERAL_LENGTHS = 32, MATCH_LENGTHS = 48, OFFSETS = 18;

    private static final int HEADER_BYTES = 8;

    final long[] literals = new long[256];
    private final long[] literalLengths = new long[LITERAL_LENGTHS];
    private final long[] matchLengths = new long[MATCH_LENGTHS];
    private final long[] offsets = new long[OFFSETS];

    /** Adds what a page was made of. */
    void count(SequenceStore store) {
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

    /** Adds other counts. */
    void add(TableCounts other) {
        add(literals, other.literals);
        add(literalLengths, other.literalLengths);
        add(matchLengths, other.matchLengths);
        add(offsets, other.offsets);
    }

    private static void add(long[] sums, long[] others) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += others[i];
        }
    }

    /**
     * A dictionary with tables for what was counted, in which every code has a place.
     *
     * @param maxBytes the most it may weigh; the beginning of the content goes first
     * @return empty if the literals' table cannot be described
     */
    Optional<byte[]> dictionary(int id, int[] repeatOffsets, byte[] content, int maxBytes) {
        byte[] tables = new byte[2 * Pages.SIZE];
        HuffmanEncoderTable huffman =
                new HuffmanEncoderTable(Kernels.of(SimdBackend.detect()).codeLengths());
        int[] scaled = scaled(literals);
        huffman.count(scaled, sum(scaled));
        huffman.build(ZstdFormat.MAX_HUFFMAN_BITS);
        int at = new HuffmanEncoderWeights().write(huffman, tables, 0);
        if (at == HuffmanEncoderWeights.NOT_DESCRIBABLE) {
            return Optional.empty();
        }
        at = write(offsets, ZstdFormat.MAX_OFFSET_LOG, tables, at);
        at = write(matchLengths, ZstdFormat.MAX_MATCH_LENGTH_LOG, tables, at);
        at = write(literalLengths, ZstdFormat.MAX_LITERAL_LENGTH_LOG, tables, at);
        int head = HEADER_BYTES + at + repeatOffsets.length * Integer.BYTES;
        int kept = Math.min(content.length, maxBytes - head);
        ByteBuffer out = ByteBuffer.allocate(head + kept).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(ZstdFormat.DICTIONARY_MAGIC).putInt(id).put(tables, 0, at);
        for (int repeat : repeatOffsets) {
            out.putInt(Math.min(repeat, kept));
        }
        out.put(content, content.length - kept, kept);
        return Optional.of(out.array());
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
