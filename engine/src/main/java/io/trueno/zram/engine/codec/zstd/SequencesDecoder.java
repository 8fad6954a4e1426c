package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.kernel.RawMemory;
import io.trueno.zram.engine.kernel.ZstdSequenceExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a block's sequences section (RFC 8878, 3.1.1.3.2) as far as one symbol depends on the one
 * before; extra bits and all that follows is left to {@link ZstdSequenceExecutor}. Keeps tables
 * from block to block. One thread at a time.
 */
final class SequencesDecoder {
    /** What the field for the bits to read is in the sum of three cells that read none. */
    private static final int NO_BITS = 3 * FseDecodingTable.NO_BITS;

    /** States, indices of the array of cells, lie below this power of two. */
    private static final long STATES = 1 << 12;

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
     * @return how many sequences there are at {@link DecoderMemory#SEQUENCES}
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
        if (count > ZstdSequenceExecutor.MAX_SEQUENCES) {
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
     * is loaded beside it, because how many bits were used needs the cells only. Everything else
     * has been moved out, or C2 would run out of registers and spill what the cycle needs.
     *
     * <p>Addresses: cursors and states are masked; {@code count} is at most {@link
     * ZstdSequenceExecutor#MAX_SEQUENCES}.
     *
     * @param count at least 1
     * @return the cursor after the last sequence
     */
    private static long decodeSequences(
            long memory,
            long from,
            long firstLiteralLengthState,
            long firstOffsetState,
            long firstMatchLengthState,
            int count) {
        long base = RawMemory.address(memory);
        long cursor = from;
        long literalLengthState = firstLiteralLengthState & (STATES - 1);
        long offsetState = firstOffsetState & (STATES - 1);
        long matchLengthState = firstMatchLengthState & (STATES - 1);
        // A masked index that is compared with its end: C2 would unroll a counted loop.
        int at = 0;
        int end = count * Long.BYTES;
        while (true) {
            long literalLengthCell = RawMemory.getLong(cellAddress(base, literalLengthState));
            long offsetCell = RawMemory.getLong(cellAddress(base, offsetState));
            long matchLengthCell = RawMemory.getLong(cellAddress(base, matchLengthState));
            long both = offsetCell + matchLengthCell;
            long sum = both + literalLengthCell;
            long window = BackwardBits.load(base, cursor);
            put(base, at, window, sum);
            cursor -= bits(sum);
            at = (at + Long.BYTES) & ZstdSequenceExecutor.INDEX_MASK;
            if (at == end) {
                // The last states are not updated: their bits are not there.
                return cursor + stateBits(sum);
            }
            long states = states(base, cursor, window, sum);
            offsetState = nextState(offsetCell, states);
            matchLengthState = nextState(matchLengthCell, states >>> (int) offsetCell);
            literalLengthState = nextState(literalLengthCell, states >>> (int) both);

            // The same again: a loop as long as this is compiled for itself.
            literalLengthCell = RawMemory.getLong(cellAddress(base, literalLengthState));
            offsetCell = RawMemory.getLong(cellAddress(base, offsetState));
            matchLengthCell = RawMemory.getLong(cellAddress(base, matchLengthState));
            both = offsetCell + matchLengthCell;
            sum = both + literalLengthCell;
            window = BackwardBits.load(base, cursor);
            put(base, at, window, sum);
            cursor -= bits(sum);
            at = (at + Long.BYTES) & ZstdSequenceExecutor.INDEX_MASK;
            if (at == end) {
                return cursor + stateBits(sum);
            }
            states = states(base, cursor, window, sum);
            offsetState = nextState(offsetCell, states);
            matchLengthState = nextState(matchLengthCell, states >>> (int) offsetCell);
            literalLengthState = nextState(literalLengthCell, states >>> (int) both);
        }
    }

    private static void put(long base, int at, long window, long sum) {
        RawMemory.putLong(base + DecoderMemory.SEQUENCES + at, window);
        RawMemory.putLong(base + DecoderMemory.SEQUENCES + ZstdSequenceExecutor.SUMS + at, sum);
    }

    /** All bits that the sum of three cells says to read. */
    private static long bits(long sum) {
        return NO_BITS - ((sum >>> FseDecodingTable.BITS_SHIFT) & FseDecodingTable.BITS_MASK);
    }

    /** The bits of all three states, as the lowest of a word, before {@code cursor}. */
    private static long states(long base, long cursor, long window, long sum) {
        if (bits(sum) <= BackwardBits.LOADED_BITS) {
            return window >>> (int) (sum >>> FseDecodingTable.BITS_SHIFT);
        }
        int bits = stateBits(sum);
        return BackwardBits.peek(BackwardBits.load(base, cursor + bits), bits);
    }

    private static long cellAddress(long base, long state) {
        return base + DecoderMemory.SEQUENCE_CELLS + state * Long.BYTES;
    }

    /** The state bits of a cell, or of the sum of several. */
    private static int stateBits(long cell) {
        return (int) cell & 63;
    }

    private static long nextState(long cell, long bits) {
        // The mask's own mask tells the compiler the range, beside the chain of dependences.
        long mask = ~(-1L << (int) cell) & MAX_STATE;
        return (cell >>> FseDecodingTable.NEXT_STATE_SHIFT) + (bits & mask);
    }
}
