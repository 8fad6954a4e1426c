package io.trueno.zram.engine.codec.zstd;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Which decoding table of one of the three sequence codes is in force, from block to block (RFC
 * 8878, 3.1.1.3.2.1). One thread at a time.
 */
final class SequenceDecodingTable {
    /**
     * Greatest offset code that can lie within a page and its dictionary. Greater ones reach
     * further back than any, and stand for a match that is too long instead, so that sequences stay
     * small.
     */
    private static final int GREATEST_OFFSET_CODE = 18;

    /** Where the three tables lie in the array of cells that they share. */
    private static final int FIRST_LITERAL_LENGTH = 0;

    private static final int FIRST_OFFSET =
            FIRST_LITERAL_LENGTH + (1 << ZstdFormat.MAX_LITERAL_LENGTH_LOG);
    private static final int FIRST_MATCH_LENGTH = FIRST_OFFSET + (1 << ZstdFormat.MAX_OFFSET_LOG);

    /** Length of the array of cells that the three tables share. */
    static final int SHARED_CELLS = FIRST_MATCH_LENGTH + (1 << ZstdFormat.MAX_MATCH_LENGTH_LOG);

    /** What is constant about the table of one of the three codes. */
    private static final class Code {
        static final Code
                LITERAL_LENGTH =
                        new Code(
                                FIRST_LITERAL_LENGTH,
                                ZstdFormat.MAX_LITERAL_LENGTH_CODE,
                                ZstdFormat.MAX_LITERAL_LENGTH_LOG,
                                FseDescription.DEFAULT_LITERAL_LENGTHS),
                OFFSET =
                        new Code(
                                FIRST_OFFSET,
                                ZstdFormat.MAX_OFFSET_CODE,
                                ZstdFormat.MAX_OFFSET_LOG,
                                FseDescription.DEFAULT_OFFSETS),
                MATCH_LENGTH =
                        new Code(
                                FIRST_MATCH_LENGTH,
                                ZstdFormat.MAX_MATCH_LENGTH_CODE,
                                ZstdFormat.MAX_MATCH_LENGTH_LOG,
                                FseDescription.DEFAULT_MATCH_LENGTHS);

        final int first;
        final int maxCode;
        final int maxLog;
        final long[] meanings;
        final Prepared predefined;

        Code(int first, int maxCode, int maxLog, FseDescription predefined) {
            this.first = first;
            this.maxCode = maxCode;
            this.maxLog = maxLog;
            this.meanings = new long[maxCode + 1];
            for (int code = 0; code <= maxCode; code++) {
                meanings[code] = meaning(first, code);
            }
            this.predefined = new Prepared(this, predefined);
        }

        /** Where in a decoder's memory the table lies. */
        int place() {
            return DecoderMemory.SEQUENCE_CELLS + first * Long.BYTES;
        }

        private static long meaning(int first, int code) {
            return switch (first) {
                case FIRST_LITERAL_LENGTH ->
                        FseDecodingTable.meaning(
                                ZstdFormat.LITERAL_LENGTH_BASE[code],
                                0,
                                ZstdFormat.LITERAL_LENGTH_BITS[code]);
                case FIRST_MATCH_LENGTH ->
                        FseDecodingTable.meaning(
                                0,
                                ZstdFormat.MATCH_LENGTH_BASE[code],
                                ZstdFormat.MATCH_LENGTH_BITS[code]);
                default ->
                        code <= GREATEST_OFFSET_CODE
                                ? FseDecodingTable.meaning(0, 0, code)
                                : FseDecodingTable.meaning(0, 2 * Pages.SIZE, 0);
            };
        }
    }

    /** A table that was built once, to be copied to its place. Immutable. */
    private static final class Prepared {
        final int accuracyLog;
        final long[] cells;

        Prepared(Code code, FseDescription description) {
            DecoderMemory memory = new DecoderMemory(0);
            accuracyLog = description.accuracyLog();
            new FseDecodingTable(code.meanings, memory, DecoderMemory.SEQUENCE_CELLS, code.first)
                    .build(description.counts(), description.counts().length, accuracyLog);
            cells = new long[1 << accuracyLog];
            MemorySegment.copy(memory.block(), JAVA_LONG, code.place(), cells, 0, cells.length);
        }
    }

    private final Code code;
    private final DecoderMemory memory;
    private final FseDecodingTable own;
    private final FseCountsReader counts;
    private final @Nullable Prepared trained;

    /** What was copied to the table's place last; null if a table was built there. */
    private @Nullable Prepared copied;

    private int accuracyLog;
    private boolean repeatable;

    private SequenceDecodingTable(
            Code code,
            @Nullable FseDescription trained,
            DecoderMemory memory,
            FseCountsReader counts) {
        this.code = code;
        this.memory = memory;
        this.own =
                new FseDecodingTable(
                        code.meanings, memory, DecoderMemory.SEQUENCE_CELLS, code.first);
        this.counts = counts;
        this.trained = trained == null ? null : new Prepared(code, trained);
    }

    /**
     * The table of literal length codes.
     *
     * @param memory in which all three tables have their parts
     */
    static SequenceDecodingTable ofLiteralLengths(
            @Nullable ZstdDictionary dictionary, DecoderMemory memory, FseCountsReader counts) {
        FseDescription trained = dictionary == null ? null : dictionary.literalLengths();
        return new SequenceDecodingTable(Code.LITERAL_LENGTH, trained, memory, counts);
    }

    /** The table of match length codes; arguments as for literal lengths. */
    static SequenceDecodingTable ofMatchLengths(
            @Nullable ZstdDictionary dictionary, DecoderMemory memory, FseCountsReader counts) {
        FseDescription trained = dictionary == null ? null : dictionary.matchLengths();
        return new SequenceDecodingTable(Code.MATCH_LENGTH, trained, memory, counts);
    }

    /** The table of offset codes; arguments as for literal lengths. */
    static SequenceDecodingTable ofOffsets(
            @Nullable ZstdDictionary dictionary, DecoderMemory memory, FseCountsReader counts) {
        FseDescription trained = dictionary == null ? null : dictionary.offsets();
        return new SequenceDecodingTable(Code.OFFSET, trained, memory, counts);
    }

    /** Starts a frame: the dictionary's table may be repeated, or none. */
    void startFrame() {
        repeatable = trained != null;
        if (trained != null) {
            copy(trained);
        }
    }

    /** Index of the cell of state 0. */
    long first() {
        return code.first;
    }

    /** log2 of the number of states. */
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
            case ZstdFormat.MODE_PREDEFINED -> copy(code.predefined);
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

    private void copy(Prepared prepared) {
        if (copied != prepared) {
            MemorySegment.copy(
                    prepared.cells,
                    0,
                    memory.block(),
                    JAVA_LONG,
                    code.place(),
                    prepared.cells.length);
            copied = prepared;
        }
        accuracyLog = prepared.accuracyLog;
    }

    private int readSingle(byte[] in, int from, int limit) {
        int symbol = in[from] & 0xFF;
        if (from >= limit || symbol > code.maxCode) {
            throw new CorruptPageException(from, "single sequence code is not valid");
        }
        own.buildSingle(symbol);
        copied = null;
        accuracyLog = 0;
        return from + 1;
    }

    private int readDescription(byte[] in, int from, int limit) {
        int end = counts.read(in, from, limit, code.maxCode, code.maxLog);
        own.build(counts.counts(), counts.symbols(), counts.accuracyLog());
        copied = null;
        accuracyLog = counts.accuracyLog();
        return end;
    }
}
