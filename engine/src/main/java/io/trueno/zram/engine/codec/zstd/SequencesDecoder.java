package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a block's sequences and carries each out at once (RFC 8878, 3.1.1.3.2 and 3.1.1.4). Keeps
 * tables and repeat offsets from block to block. One thread at a time.
 */
final class SequencesDecoder {
    /** Bytes that are written past the end of what is decoded; the caller's array has them. */
    static final int OUT_SLACK = 64;

    /** Bytes that are loaded past the end of literals. */
    static final int LITERALS_SLACK = 32;

    /** Bits of one load that a sequence may use, whatever its place in a byte. */
    private static final int LOADED_BITS = 57;

    /** Repeats the lowest bytes, as many as the index says, over eight bytes. */
    private static final long[] PATTERN_FACTOR = {
        0,
        0x0101010101010101L,
        0x0001000100010001L,
        0x0001000001000001L,
        0x0000000100000001L,
        0x0000010000000001L,
        0x0001000000000001L,
        0x0100000000000001L
    };

    /** The smallest multiple of the index that is at least eight. */
    private static final int[] PATTERN_DISTANCE = {0, 8, 8, 9, 8, 10, 12, 14};

    private final FseCountsReader counts = new FseCountsReader();
    private final SequenceDecodingTable literalLengths;
    private final SequenceDecodingTable matchLengths;
    private final SequenceDecodingTable offsets;
    private final @Nullable ZstdDictionary dictionary;
    private int repeat1;
    private int repeat2;
    private int repeat3;

    SequencesDecoder(@Nullable ZstdDictionary dictionary) {
        this.dictionary = dictionary;
        this.literalLengths = SequenceDecodingTable.ofLiteralLengths(dictionary, counts);
        this.matchLengths = SequenceDecodingTable.ofMatchLengths(dictionary, counts);
        this.offsets = SequenceDecodingTable.ofOffsets(dictionary, counts);
    }

    /** Forgets the last frame: its tables and repeat offsets. */
    void startFrame() {
        literalLengths.startFrame();
        matchLengths.startFrame();
        offsets.startFrame();
        if (dictionary == null) {
            // Section 3.1.1.5.
            repeat1 = 1;
            repeat2 = 4;
            repeat3 = 8;
        } else {
            repeat1 = dictionary.repeatOffsets()[0];
            repeat2 = dictionary.repeatOffsets()[1];
            repeat3 = dictionary.repeatOffsets()[2];
        }
    }

    /**
     * Decodes a sequences section and executes it.
     *
     * @param in holds the section from {@code from} to {@code limit}, with slack behind
     * @param literals holds the block's literals from {@code literal} to {@code literalsEnd}
     * @param out takes the decoded bytes from {@code at}, at most up to {@code outEnd}; before
     *     {@code at} it holds all that matches may refer to, from index 0
     * @return index in {@code out} after the last byte decoded
     * @throws CorruptPageException if the section is not valid, refers to what is not there or
     *     decodes to more than fits
     */
    int decode(
            byte[] in,
            int from,
            int limit,
            byte[] literals,
            int literal,
            int literalsEnd,
            byte[] out,
            int at,
            int outEnd) {
        if (from >= limit) {
            throw new CorruptPageException(from, "sequences section is missing");
        }
        int first = in[from] & 0xFF;
        int count = first;
        int header = 1;
        if (first >= 128) {
            header = first == 255 ? 3 : 2;
            count =
                    first == 255
                            ? LittleEndian.getShort(in, from + 1) + 0x7F00
                            : ((first - 128) << 8) + (in[from + 1] & 0xFF);
        }
        int next = from + header;
        if (count == 0) {
            if (next != limit) {
                throw new CorruptPageException(next, "bytes after an empty sequences section");
            }
            return copyLastLiterals(literals, literal, literalsEnd, out, at, outEnd, from);
        }
        int modes = in[next] & 0xFF;
        if (next >= limit || (modes & 3) != 0) {
            throw new CorruptPageException(next, "modes of sequence tables are not valid");
        }
        next = literalLengths.select(modes >>> 6, in, next + 1, limit);
        next = offsets.select(modes >>> 4 & 3, in, next, limit);
        next = matchLengths.select(modes >>> 2 & 3, in, next, limit);
        if (next >= limit || in[limit - 1] == 0) {
            throw new CorruptPageException(limit - 1, "sequences have no end mark");
        }
        return execute(in, next, limit, count, literals, literal, literalsEnd, out, at, outEnd);
    }

    private int execute(
            byte[] in,
            int start,
            int limit,
            int count,
            byte[] literals,
            int literal,
            int literalsEnd,
            byte[] out,
            int at,
            int outEnd) {
        long[] literalLengthCells = literalLengths.current().cells();
        long[] matchLengthCells = matchLengths.current().cells();
        long[] offsetCells = offsets.current().cells();
        int first = repeat1;
        int second = repeat2;
        int third = repeat3;
        // Bits not read yet; the stream is read down to 0.
        int position =
                (limit - start) * 8 - Integer.numberOfLeadingZeros(in[limit - 1] & 0xFF) + 23;
        position -= literalLengths.current().accuracyLog();
        int literalLengthState = bits(in, start, position, literalLengths.current().accuracyLog());
        position -= offsets.current().accuracyLog();
        int offsetState = bits(in, start, position, offsets.current().accuracyLog());
        position -= matchLengths.current().accuracyLog();
        int matchLengthState = bits(in, start, position, matchLengths.current().accuracyLog());
        int stateBits = 0;
        for (int i = count; i > 0; i--) {
            long literalLengthCell = literalLengthCells[literalLengthState];
            long matchLengthCell = matchLengthCells[matchLengthState];
            long offsetCell = offsetCells[offsetState];
            int sum = (int) (literalLengthCell + matchLengthCell + offsetCell);
            int totalBits = sum >>> 24;
            stateBits = sum >>> 16 & 0xFF;
            // The last sequence's states are updated too, from up to 26 bits before the stream.
            position -= totalBits;
            if (position < -32) {
                throw new CorruptPageException(start, "sequences are truncated");
            }
            long window = LittleEndian.getLong(in, start + (position >> 3)) >>> (position & 7);
            long extra = window >>> stateBits;
            if (totalBits > LOADED_BITS) {
                int from = position + stateBits;
                extra = LittleEndian.getLong(in, start + (from >> 3)) >>> (from & 7);
            }
            int extraBits =
                    FseDecodingTable.totalBits(literalLengthCell)
                            - FseDecodingTable.stateBits(literalLengthCell);
            int literalLength = FseDecodingTable.base(literalLengthCell) + low(extra, extraBits);
            extra >>>= extraBits;
            extraBits =
                    FseDecodingTable.totalBits(matchLengthCell)
                            - FseDecodingTable.stateBits(matchLengthCell);
            int matchLength = FseDecodingTable.base(matchLengthCell) + low(extra, extraBits);
            extra >>>= extraBits;
            extraBits =
                    FseDecodingTable.totalBits(offsetCell) - FseDecodingTable.stateBits(offsetCell);
            int offset = FseDecodingTable.base(offsetCell) + low(extra, extraBits) - 3;
            int bits = FseDecodingTable.stateBits(offsetCell);
            offsetState = FseDecodingTable.nextState(offsetCell) + low(window, bits);
            window >>>= bits;
            bits = FseDecodingTable.stateBits(matchLengthCell);
            matchLengthState = FseDecodingTable.nextState(matchLengthCell) + low(window, bits);
            window >>>= bits;
            bits = FseDecodingTable.stateBits(literalLengthCell);
            literalLengthState = FseDecodingTable.nextState(literalLengthCell) + low(window, bits);

            if (offset > 0) {
                third = second;
                second = first;
                first = offset;
            } else {
                int which = offset + 2 + (literalLength == 0 ? 1 : 0);
                if (which == 0) {
                    offset = first;
                } else {
                    if (which == 1) {
                        offset = second;
                    } else {
                        offset = which == 2 ? third : first - 1;
                        third = second;
                    }
                    second = first;
                    first = offset;
                }
            }

            int match = at + literalLength;
            int source = match - offset;
            int end = match + matchLength;
            if ((literalsEnd - literal - literalLength | outEnd - end | source | offset - 1) < 0) {
                throw new CorruptPageException(start, "sequence reaches outside the page");
            }
            copyLiterals(literals, literal, out, at, literalLength);
            literal += literalLength;
            copyMatch(out, source, match, end);
            at = end;
        }
        if (position + stateBits != 0) {
            throw new CorruptPageException(start, "sequences do not end where their stream does");
        }
        repeat1 = first;
        repeat2 = second;
        repeat3 = third;
        return copyLastLiterals(literals, literal, literalsEnd, out, at, outEnd, start);
    }

    private static int copyLastLiterals(
            byte[] literals,
            int literal,
            int literalsEnd,
            byte[] out,
            int at,
            int outEnd,
            int from) {
        int length = literalsEnd - literal;
        if (length > outEnd - at) {
            throw new CorruptPageException(from, "literals reach past the page");
        }
        System.arraycopy(literals, literal, out, at, length);
        return at + length;
    }

    /** The {@code bits} bits from bit {@code position} of the stream at {@code start}. */
    private static int bits(byte[] in, int start, int position, int bits) {
        return low(LittleEndian.getLong(in, start + (position >> 3)) >>> (position & 7), bits);
    }

    private static int low(long window, int bits) {
        return (int) (window & ~(-1L << bits));
    }

    /** Copies in units of 16 bytes, so up to 16 bytes more than {@code length}. */
    private static void copyLiterals(byte[] from, int source, byte[] out, int at, int length) {
        LittleEndian.copy16(from, source, out, at);
        for (int i = 16; i < length; i += 16) {
            LittleEndian.copy16(from, source + i, out, at + i);
        }
    }

    /** Copies from {@code source}, which lies before {@code at}, up to {@code end} or beyond. */
    private static void copyMatch(byte[] out, int source, int at, int end) {
        int offset = at - source;
        if (offset >= 16) {
            do {
                LittleEndian.copy16(out, source, out, at);
                source += 16;
                at += 16;
            } while (at < end);
        } else {
            copyOverlapping(out, source, at, end, offset);
        }
    }

    /** Copies a match whose offset is below 16 by its repeating pattern of eight bytes. */
    private static void copyOverlapping(byte[] out, int source, int at, int end, int offset) {
        long pattern = LittleEndian.getLong(out, source);
        int distance = offset;
        if (offset < 8) {
            pattern = (pattern & ~(-1L << (offset * 8))) * PATTERN_FACTOR[offset];
            distance = PATTERN_DISTANCE[offset];
        }
        if (distance == 8) {
            for (; at < end; at += 8) {
                LittleEndian.putLong(out, at, pattern);
            }
            return;
        }
        LittleEndian.putLong(out, at, pattern);
        for (at += 8; at < end; at += 8) {
            LittleEndian.putLong(out, at, LittleEndian.getLong(out, at - distance));
        }
    }
}
