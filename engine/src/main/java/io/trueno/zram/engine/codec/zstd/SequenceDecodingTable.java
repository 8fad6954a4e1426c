package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import org.jspecify.annotations.Nullable;

/**
 * Which decoding table of one of the three sequence codes is in force, from block to block (RFC
 * 8878, 3.1.1.3.2.1). One thread at a time.
 */
final class SequenceDecodingTable {
    /**
     * Greatest offset code that can lie within a page and its dictionary. Greater ones stand for an
     * offset that never does, without extra bits: so the extra bits of a sequence fit into a load.
     */
    private static final int GREATEST_OFFSET_CODE = 21;

    private static final int NO_OFFSET = Integer.MAX_VALUE;

    private static final long[]
            LITERAL_LENGTHS =
                    meanings(ZstdFormat.LITERAL_LENGTH_BASE, ZstdFormat.LITERAL_LENGTH_BITS),
            MATCH_LENGTHS = meanings(ZstdFormat.MATCH_LENGTH_BASE, ZstdFormat.MATCH_LENGTH_BITS),
            OFFSETS = offsetMeanings();
    private static final FseDecodingTable
            DEFAULT_LITERAL_LENGTHS =
                    FseDecodingTable.of(LITERAL_LENGTHS, FseDescription.DEFAULT_LITERAL_LENGTHS),
            DEFAULT_MATCH_LENGTHS =
                    FseDecodingTable.of(MATCH_LENGTHS, FseDescription.DEFAULT_MATCH_LENGTHS),
            DEFAULT_OFFSETS = FseDecodingTable.of(OFFSETS, FseDescription.DEFAULT_OFFSETS);

    private final int maxCode;
    private final int maxLog;
    private final FseDecodingTable predefined;
    private final @Nullable FseDecodingTable trained;
    private final FseDecodingTable own;
    private final FseCountsReader counts;
    private @Nullable FseDecodingTable current;

    private SequenceDecodingTable(
            int maxCode,
            int maxLog,
            long[] meanings,
            FseDecodingTable predefined,
            @Nullable FseDescription trained,
            FseCountsReader counts) {
        this.maxCode = maxCode;
        this.maxLog = maxLog;
        this.predefined = predefined;
        this.trained = trained == null ? null : FseDecodingTable.of(meanings, trained);
        this.own = new FseDecodingTable(meanings, maxLog);
        this.counts = counts;
    }

    static SequenceDecodingTable ofLiteralLengths(
            @Nullable ZstdDictionary dictionary, FseCountsReader counts) {
        return new SequenceDecodingTable(
                ZstdFormat.MAX_LITERAL_LENGTH_CODE,
                ZstdFormat.MAX_LITERAL_LENGTH_LOG,
                LITERAL_LENGTHS,
                DEFAULT_LITERAL_LENGTHS,
                dictionary == null ? null : dictionary.literalLengths(),
                counts);
    }

    static SequenceDecodingTable ofMatchLengths(
            @Nullable ZstdDictionary dictionary, FseCountsReader counts) {
        return new SequenceDecodingTable(
                ZstdFormat.MAX_MATCH_LENGTH_CODE,
                ZstdFormat.MAX_MATCH_LENGTH_LOG,
                MATCH_LENGTHS,
                DEFAULT_MATCH_LENGTHS,
                dictionary == null ? null : dictionary.matchLengths(),
                counts);
    }

    static SequenceDecodingTable ofOffsets(
            @Nullable ZstdDictionary dictionary, FseCountsReader counts) {
        return new SequenceDecodingTable(
                ZstdFormat.MAX_OFFSET_CODE,
                ZstdFormat.MAX_OFFSET_LOG,
                OFFSETS,
                DEFAULT_OFFSETS,
                dictionary == null ? null : dictionary.offsets(),
                counts);
    }

    private static long[] meanings(int[] bases, byte[] bits) {
        long[] meanings = new long[bases.length];
        for (int code = 0; code < bases.length; code++) {
            meanings[code] = FseDecodingTable.meaning(bases[code], bits[code]);
        }
        return meanings;
    }

    private static long[] offsetMeanings() {
        long[] meanings = new long[ZstdFormat.MAX_OFFSET_CODE + 1];
        for (int code = 0; code <= ZstdFormat.MAX_OFFSET_CODE; code++) {
            meanings[code] =
                    code <= GREATEST_OFFSET_CODE
                            ? FseDecodingTable.meaning(1 << code, code)
                            : FseDecodingTable.meaning(NO_OFFSET, 0);
        }
        return meanings;
    }

    /** Starts a frame: the dictionary's table may be repeated, or none. */
    void startFrame() {
        current = trained;
    }

    /** The table that the block's sequences use. */
    FseDecodingTable current() {
        if (current == null) {
            throw new IllegalStateException("no table was selected");
        }
        return current;
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
        return switch (mode) {
            case ZstdFormat.MODE_PREDEFINED -> {
                current = predefined;
                yield from;
            }
            case ZstdFormat.MODE_RLE -> readSingle(in, from, limit);
            case ZstdFormat.MODE_FSE -> readDescription(in, from, limit);
            default -> {
                if (current == null) {
                    throw new CorruptPageException(from, "no table to repeat");
                }
                yield from;
            }
        };
    }

    private int readSingle(byte[] in, int from, int limit) {
        int code = in[from] & 0xFF;
        if (from >= limit || code > maxCode) {
            throw new CorruptPageException(from, "single sequence code is not valid");
        }
        own.buildSingle(code);
        current = own;
        return from + 1;
    }

    private int readDescription(byte[] in, int from, int limit) {
        int end = counts.read(in, from, limit, maxCode, maxLog);
        own.build(counts.counts(), counts.symbols(), counts.accuracyLog());
        current = own;
        return end;
    }
}
