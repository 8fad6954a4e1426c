package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.kernel.ZstdSequenceExecutor.LITERAL_LENGTH_BITS_SHIFT;
import static io.trueno.zram.engine.kernel.ZstdSequenceExecutor.LITERAL_LENGTH_SHIFT;
import static io.trueno.zram.engine.kernel.ZstdSequenceExecutor.MATCH_LENGTH_BITS_SHIFT;
import static io.trueno.zram.engine.kernel.ZstdSequenceExecutor.MATCH_LENGTH_SHIFT;
import static io.trueno.zram.engine.kernel.ZstdSequenceExecutor.OFFSET_BITS_SHIFT;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.kernel.ZstdSequenceExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The decoding tables of one of the three sequence codes, and which of them is in force from block
 * to block (RFC 8878, 3.1.1.3.2.1): the predefined one, the dictionary's, and one that is built as
 * blocks describe it. All lie in one array of cells, so that to choose is to choose an index. One
 * thread at a time.
 */
final class SequenceDecodingTable {
    /** Cells of the largest tables of the three codes, and of the three predefined ones. */
    private static final int MOST_CELLS =
            (1 << ZstdFormat.MAX_LITERAL_LENGTH_LOG)
                    + (1 << ZstdFormat.MAX_OFFSET_LOG)
                    + (1 << ZstdFormat.MAX_MATCH_LENGTH_LOG);

    private static final int PREDEFINED_CELLS =
            (1 << ZstdFormat.DEFAULT_LITERAL_LENGTH_LOG)
                    + (1 << ZstdFormat.DEFAULT_OFFSET_LOG)
                    + (1 << ZstdFormat.DEFAULT_MATCH_LENGTH_LOG);

    /** Cells of all tables of a decoder: own ones, the dictionary's, predefined ones. */
    static final int ALL_CELLS = 2 * MOST_CELLS + PREDEFINED_CELLS;

    /** A table where it lies, of a distribution that does not change. */
    private static final class Fixed {
        final int first;
        final int accuracyLog;

        Fixed(FseDescription description, int first, long[] meanings, DecoderMemory memory) {
            this.first = first;
            accuracyLog = description.accuracyLog();
            new FseDecodingTable(meanings, memory, DecoderMemory.SEQUENCE_CELLS, first)
                    .build(description.counts(), description.counts().length, accuracyLog);
        }
    }

    private final int maxCode;
    private final int maxLog;
    private final int ownFirst;
    private final FseDecodingTable own;
    private final Fixed predefined;
    private final @Nullable Fixed trained;
    private final FseCountsReader counts;
    private int first;
    private int accuracyLog;
    private boolean repeatable;

    /**
     * @param ownFirst index of the first cell of the table that blocks describe; behind all of
     *     these, the dictionary's tables lie in the same order
     * @param predefinedFirst index of the first cell of the predefined table
     */
    private SequenceDecodingTable(
            long[] meanings,
            int maxLog,
            int ownFirst,
            FseDescription predefined,
            int predefinedFirst,
            @Nullable FseDescription trained,
            DecoderMemory memory,
            FseCountsReader counts) {
        this.maxCode = meanings.length - 1;
        this.maxLog = maxLog;
        this.ownFirst = ownFirst;
        this.own = new FseDecodingTable(meanings, memory, DecoderMemory.SEQUENCE_CELLS, ownFirst);
        this.predefined = new Fixed(predefined, predefinedFirst, meanings, memory);
        this.trained =
                trained == null
                        ? null
                        : new Fixed(trained, MOST_CELLS + ownFirst, meanings, memory);
        this.counts = counts;
    }

    /**
     * The tables of literal length codes.
     *
     * @param memory in which the tables of all three codes have their parts
     */
    static SequenceDecodingTable ofLiteralLengths(
            @Nullable ZstdDictionary dictionary, DecoderMemory memory, FseCountsReader counts) {
        long[] meanings = new long[ZstdFormat.MAX_LITERAL_LENGTH_CODE + 1];
        for (int code = 0; code < meanings.length; code++) {
            int bits = ZstdFormat.LITERAL_LENGTH_BITS[code];
            long base = ZstdFormat.LITERAL_LENGTH_BASE[code];
            if (base > ZstdSequenceExecutor.TOO_MANY_LITERALS) {
                base = ZstdSequenceExecutor.TOO_MANY_LITERALS;
                bits = 0;
            }
            meanings[code] =
                    FseDecodingTable.meaning(
                            base << LITERAL_LENGTH_SHIFT | (long) bits << LITERAL_LENGTH_BITS_SHIFT,
                            bits);
        }
        return new SequenceDecodingTable(
                meanings,
                ZstdFormat.MAX_LITERAL_LENGTH_LOG,
                0,
                FseDescription.DEFAULT_LITERAL_LENGTHS,
                2 * MOST_CELLS,
                dictionary == null ? null : dictionary.literalLengths(),
                memory,
                counts);
    }

    /** The tables of match length codes; arguments as for literal lengths. */
    static SequenceDecodingTable ofMatchLengths(
            @Nullable ZstdDictionary dictionary, DecoderMemory memory, FseCountsReader counts) {
        long[] meanings = new long[ZstdFormat.MAX_MATCH_LENGTH_CODE + 1];
        for (int code = 0; code < meanings.length; code++) {
            int bits = ZstdFormat.MATCH_LENGTH_BITS[code];
            long base = ZstdFormat.MATCH_LENGTH_BASE[code];
            if (base > Pages.SIZE) {
                base = Pages.SIZE + 1;
                bits = 0;
            }
            meanings[code] =
                    FseDecodingTable.meaning(
                            base << MATCH_LENGTH_SHIFT | (long) bits << MATCH_LENGTH_BITS_SHIFT,
                            bits);
        }
        return new SequenceDecodingTable(
                meanings,
                ZstdFormat.MAX_MATCH_LENGTH_LOG,
                1 << ZstdFormat.MAX_LITERAL_LENGTH_LOG,
                FseDescription.DEFAULT_MATCH_LENGTHS,
                2 * MOST_CELLS + (1 << ZstdFormat.DEFAULT_LITERAL_LENGTH_LOG),
                dictionary == null ? null : dictionary.matchLengths(),
                memory,
                counts);
    }

    /** The tables of offset codes; arguments as for literal lengths. */
    static SequenceDecodingTable ofOffsets(
            @Nullable ZstdDictionary dictionary, DecoderMemory memory, FseCountsReader counts) {
        long[] meanings = new long[ZstdFormat.MAX_OFFSET_CODE + 1];
        for (int code = 0; code < meanings.length; code++) {
            meanings[code] = FseDecodingTable.meaning((long) code << OFFSET_BITS_SHIFT, code);
        }
        return new SequenceDecodingTable(
                meanings,
                ZstdFormat.MAX_OFFSET_LOG,
                MOST_CELLS - (1 << ZstdFormat.MAX_OFFSET_LOG),
                FseDescription.DEFAULT_OFFSETS,
                ALL_CELLS - (1 << ZstdFormat.DEFAULT_OFFSET_LOG),
                dictionary == null ? null : dictionary.offsets(),
                memory,
                counts);
    }

    /** Starts a frame: the dictionary's table may be repeated, or none. */
    void startFrame() {
        repeatable = trained != null;
        if (trained != null) {
            use(trained);
        }
    }

    /** Index of the cell of state 0 of the table in force. */
    long first() {
        return first;
    }

    /** log2 of its number of states. */
    int accuracyLog() {
        return accuracyLog;
    }

    /**
     * Selects the block's table, reading its description if it has one.
     *
     * @param mode one of the four modes of the sequences section
     * @param in holds the description at {@code from}, and slack after {@code limit}
     * @return index of the first byte after the description
     * @throws CorruptPageException if the description is not valid, or there is nothing to repeat
     */
    int select(int mode, byte[] in, int from, int limit) {
        int end = from;
        switch (mode) {
            case ZstdFormat.MODE_PREDEFINED -> use(predefined);
            case ZstdFormat.MODE_RLE -> end = readSingle(in, from, limit);
            case ZstdFormat.MODE_FSE -> end = readDescription(in, from, limit);
            default -> {
                if (!repeatable) {
                    throw new CorruptPageException(from, "no table to repeat");
                }
            }
        }
        repeatable = true;
        return end;
    }

    private void use(Fixed table) {
        first = table.first;
        accuracyLog = table.accuracyLog;
    }

    private int readSingle(byte[] in, int from, int limit) {
        int symbol = in[from] & 0xFF;
        if (from >= limit || symbol > maxCode) {
            throw new CorruptPageException(from, "single sequence code is not valid");
        }
        own.buildSingle(symbol);
        first = ownFirst;
        accuracyLog = 0;
        return from + 1;
    }

    private int readDescription(byte[] in, int from, int limit) {
        int end = counts.read(in, from, limit, maxCode, maxLog);
        own.build(counts.counts(), counts.symbols(), counts.accuracyLog());
        first = ownFirst;
        accuracyLog = counts.accuracyLog();
        return end;
    }
}
