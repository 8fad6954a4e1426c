package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.kernel.RawMemory;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a block's sequences section (RFC 8878, 3.1.1.3.2) into arrays, from which {@link
 * SequenceExecutor} carries them out. Keeps tables from block to block. One thread at a time.
 */
final class SequencesDecoder {
    /** A sequence is the low bits of the sum of its cells, and above them the offset value. */
    private static final int OFFSET_VALUE_SHIFT = FseDecodingTable.LENGTH_HAS_EXTRA;

    /** Most sequences that a page has room for. */
    static final int MAX_SEQUENCES = Pages.SIZE / ZstdFormat.MIN_MATCH;

    /** No state's number within its table is greater. */
    private static final long MAX_STATE = (1 << ZstdFormat.MAX_LITERAL_LENGTH_LOG) - 1;

    private final FseCountsReader counts = new FseCountsReader();
    private final DecoderMemory memory;
    private final SequenceDecodingTable literalLengths;
    private final SequenceDecodingTable matchLengths;
    private final SequenceDecodingTable offsets;

    SequencesDecoder(DecoderMemory memory, @Nullable ZstdDictionary dictionary) {
        this.memory = memory;
        this.literalLengths = SequenceDecodingTable.ofLiteralLengths(dictionary, memory, counts);
        this.matchLengths = SequenceDecodingTable.ofMatchLengths(dictionary, memory, counts);
        this.offsets = SequenceDecodingTable.ofOffsets(dictionary, memory, counts);
    }

    /** Forgets the last frame's tables. */
    void startFrame() {
        literalLengths.startFrame();
        matchLengths.startFrame();
        offsets.startFrame();
    }

    /**
     * Decodes a sequences section.
     *
     * @param in the packed bytes, which lie in the decoder's memory too; holds the section from
     *     {@code from} to {@code limit}, with slack behind
     * @return how many sequences there are in {@link DecoderMemory#SEQUENCES}
     * @throws CorruptPageException if the section is not valid
     */
    int decode(byte[] in, int from, int limit) {
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
            return 0;
        }
        int modes = in[next] & 0xFF;
        if (next >= limit || (modes & 3) != 0) {
            throw new CorruptPageException(next, "modes of sequence tables are not valid");
        }
        if (count > MAX_SEQUENCES) {
            throw new CorruptPageException(from, "more sequences than a page has room for");
        }
        next = literalLengths.select(modes >>> 6, in, next + 1, limit);
        next = offsets.select(modes >>> 4 & 3, in, next, limit);
        next = matchLengths.select(modes >>> 2 & 3, in, next, limit);
        if (next >= limit || in[limit - 1] == 0) {
            throw new CorruptPageException(limit - 1, "sequences have no end mark");
        }
        decodeStream(in, next, limit, count);
        return count;
    }

    private void decodeStream(byte[] in, int start, int limit, int count) {
        long base = memory.base();
        long cursor = BackwardBits.open(in, limit);
        long window = BackwardBits.load(base, cursor);
        int log = literalLengths.accuracyLog();
        long literalLengthState = literalLengths.first() + BackwardBits.peek(window, log);
        window <<= log;
        cursor -= log;
        log = offsets.accuracyLog();
        long offsetState = offsets.first() + BackwardBits.peek(window, log);
        window <<= log;
        cursor -= log;
        log = matchLengths.accuracyLog();
        long matchLengthState = matchLengths.first() + BackwardBits.peek(window, log);
        cursor -= log;
        cursor =
                decodeSequences(
                        base, cursor, literalLengthState, offsetState, matchLengthState, count);
        if (cursor != BackwardBits.end(start)) {
            throw new CorruptPageException(start, "sequences do not end where their stream does");
        }
    }

    /**
     * The loop. Its shortest cycle is from a state over the cell to the next state; the next window
     * is loaded beside it, because how many bits were used needs the cells only.
     *
     * <p>Addresses: the cursor is checked before each load; states come from cells, whose next
     * states and bits stay within their table; {@code count} is at most {@link #MAX_SEQUENCES}.
     *
     * @return the cursor after the last sequence, or one that is not the end of any stream
     */
    private static long decodeSequences(
            long memory,
            long from,
            long literalLengthState,
            long offsetState,
            long matchLengthState,
            int count) {
        long base = RawMemory.address(memory);
        long cursor = from;
        // A pointer, not an index: C2 would unroll a counted loop and run out of registers.
        long at = base + DecoderMemory.SEQUENCES;
        long end = at + (long) count * Long.BYTES;
        while (true) {
            long window = BackwardBits.load(base, cursor);
            long literalLengthCell = cell(base, literalLengthState);
            long offsetCell = cell(base, offsetState);
            long matchLengthCell = cell(base, matchLengthState);
            long sum = literalLengthCell + matchLengthCell + offsetCell;
            // A one in front of the extra bits makes them the value.
            long offsetValue =
                    ((window >>> 1) | Long.MIN_VALUE)
                            >>> (int) (offsetCell >>> FseDecodingTable.EXTRA_BITS_SHIFT);
            long states = window >>> (int) (sum >>> FseDecodingTable.BITS_SHIFT);
            if ((sum & (3L << FseDecodingTable.LENGTH_HAS_EXTRA)) != 0) {
                int used = extraBits(offsetCell);
                int bits = extraBits(matchLengthCell);
                long more =
                        (long) BackwardBits.peek(window << used, bits)
                                << FseDecodingTable.MATCH_LENGTH_SHIFT;
                used += bits;
                int literalBits = extraBits(literalLengthCell);
                if (Math.max(bits, literalBits) > Pages.SHIFT) {
                    return Long.MIN_VALUE;
                }
                bits = literalBits;
                window = BackwardBits.load(base, cursor - used);
                more +=
                        (long) BackwardBits.peek(window, bits)
                                << FseDecodingTable.LITERAL_LENGTH_SHIFT;
                used += bits;
                states = BackwardBits.peek(window << bits, totalBits(sum) - used);
                sum += more;
            }
            RawMemory.putLong(
                    RawMemory.address(at),
                    (sum & (1L << OFFSET_VALUE_SHIFT) - 1) | (offsetValue << OFFSET_VALUE_SHIFT));
            cursor -= totalBits(sum);
            at += Long.BYTES;
            if (at == end) {
                // The last states are not updated: their bits are not there.
                return cursor
                        + stateBits(literalLengthCell)
                        + stateBits(offsetCell)
                        + stateBits(matchLengthCell);
            }
            offsetState = nextState(offsetCell, states);
            states >>>= (int) offsetCell;
            matchLengthState = nextState(matchLengthCell, states);
            states >>>= (int) matchLengthCell;
            literalLengthState = nextState(literalLengthCell, states);
        }
    }

    private static long cell(long base, long state) {
        return RawMemory.getLong(base + DecoderMemory.SEQUENCE_CELLS + state * Long.BYTES);
    }

    private static int totalBits(long sum) {
        return 3 * FseDecodingTable.NO_BITS
                - ((int) (sum >>> FseDecodingTable.BITS_SHIFT) & FseDecodingTable.BITS_MASK);
    }

    private static int extraBits(long cell) {
        return ~(int) (cell >>> FseDecodingTable.EXTRA_BITS_SHIFT) & 63;
    }

    private static int stateBits(long cell) {
        return (int) cell & 63;
    }

    private static long nextState(long cell, long bits) {
        return (cell >>> FseDecodingTable.NEXT_STATE_SHIFT)
                + (bits & ~(-1L << (int) cell) & MAX_STATE);
    }
}
