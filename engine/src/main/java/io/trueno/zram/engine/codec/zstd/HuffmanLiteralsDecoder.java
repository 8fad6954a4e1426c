package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.kernel.RawMemory;

/**
 * Decodes Huffman-coded literals of one or four streams (RFC 8878, 3.1.1.3.1.6 and 4.2.2) to {@link
 * DecoderMemory#LITERALS}.
 *
 * <p>A run of symbols costs one load. How many bits it used is told by a mark, put where the lowest
 * bit of the load was, that moves up through the word. Four streams take turns, a run each, so that
 * the processor works on all of them; what belongs to a stream, its cursor and the place of its
 * next literal, waits in memory for its next turn, because C2 would not keep it all in registers.
 *
 * <p>Addresses: cursors and places are masked; cells are indexed by at most 11 bits.
 */
final class HuffmanLiteralsDecoder {
    /** Bits of a load that lie above the mark, however it is shifted. */
    private static final int RUN_BITS = 56;

    /** Symbols of a run are as many longest codes as fit, within these limits. */
    private static final int SHORTEST_RUN = RUN_BITS / ZstdFormat.MAX_HUFFMAN_BITS;

    private static final int LONGEST_RUN = 8;

    private static final int MAX_CELL = (1 << ZstdFormat.MAX_HUFFMAN_BITS) - 1;

    /** Keeps an index of a literal below a limit that the compiler can see. */
    private static final int LITERAL_MASK = (1 << 13) - 1;

    /** Bytes of the table that says how long the first three of four streams are. */
    private static final int JUMP_TABLE_BYTES = 6;

    private static final int STREAMS = 4;

    private final DecoderMemory memory;

    HuffmanLiteralsDecoder(DecoderMemory memory) {
        this.memory = memory;
    }

    /**
     * Decodes one stream.
     *
     * @param in the packed bytes, which lie in the decoder's memory too; holds the stream from
     *     {@code from} to {@code limit}
     * @param count symbols to decode, at most a page of them
     * @throws CorruptPageException if the stream does not hold exactly {@code count} symbols
     */
    void decodeOne(HuffmanDecodingTable table, byte[] in, int from, int limit, int count) {
        open(0, in, from, limit, 0);
        int run = run(table);
        int rounds = count / run;
        takeTurns(memory.base(), table, run, 1, rounds);
        finish(0, table, from, rounds * run, count);
    }

    /**
     * Decodes four streams behind their jump table.
     *
     * @param in the packed bytes, which lie in the decoder's memory too; holds jump table and
     *     streams from {@code from} to {@code limit}
     * @param count symbols to decode, at most a page of them
     * @throws CorruptPageException if the streams do not hold exactly {@code count} symbols
     */
    void decodeFour(HuffmanDecodingTable table, byte[] in, int from, int limit, int count) {
        int start1 = from + JUMP_TABLE_BYTES;
        int quarter = (count + 3) >>> 2;
        int lastCount = count - 3 * quarter;
        if (start1 > limit || lastCount < 0) {
            throw new CorruptPageException(from, "four literal streams do not fit");
        }
        int start2 = start1 + LittleEndian.getShort(in, from);
        int start3 = start2 + LittleEndian.getShort(in, from + 2);
        int start4 = start3 + LittleEndian.getShort(in, from + 4);
        if (start4 > limit) {
            throw new CorruptPageException(from, "literal streams end past their section");
        }
        open(0, in, start1, start2, 0);
        open(1, in, start2, start3, quarter);
        open(2, in, start3, start4, 2 * quarter);
        open(3, in, start4, limit, 3 * quarter);
        int run = run(table);
        int rounds = lastCount / run;
        takeTurns(memory.base(), table, run, STREAMS, rounds);
        int done = rounds * run;
        finish(0, table, start1, done, quarter);
        finish(1, table, start2, done + quarter, 2 * quarter);
        finish(2, table, start3, done + 2 * quarter, 3 * quarter);
        finish(3, table, start4, done + 3 * quarter, count);
    }

    /** Sets a stream to its start, behind its end mark; its literals begin at {@code at}. */
    private void open(int stream, byte[] in, int from, int limit, int at) {
        if (from >= limit || in[limit - 1] == 0) {
            throw new CorruptPageException(limit - 1, "literal stream has no end mark");
        }
        long state = RawMemory.address(memory.base()) + DecoderMemory.STREAMS + stream * 16L;
        RawMemory.putLong(state, BackwardBits.open(in, limit));
        RawMemory.putLong(state + Long.BYTES, at);
    }

    private static int run(HuffmanDecodingTable table) {
        return Math.min(RUN_BITS / table.maxBits(), LONGEST_RUN);
    }

    private static long load(long base, long cursor) {
        return (BackwardBits.loadBytes(base, cursor) | 1) << BackwardBits.shift(cursor);
    }

    /** The cursor after a run that left {@code window} of what {@link #load} gave. */
    private static long advance(long cursor, long window) {
        return cursor + BackwardBits.shift(cursor) - Long.numberOfTrailingZeros(window);
    }

    private static int cell(long cells, long window, int shift) {
        return (int) RawMemory.getShort(cells + ((window >>> shift) & MAX_CELL) * 2);
    }

    /** Decodes {@code rounds} runs of each of the first {@code streams} streams, 1 or 4. */
    private static void takeTurns(
            long memory, HuffmanDecodingTable table, int run, int streams, int rounds) {
        long base = RawMemory.address(memory);
        long cells = RawMemory.address(base + table.place());
        int shift = Long.SIZE - table.maxBits();
        int stream = 0;
        for (int turns = streams * rounds; turns > 0; turns--) {
            long state = base + DecoderMemory.STREAMS + stream;
            stream = (stream + 16) & (16 * streams - 1) & (16 * STREAMS - 1);
            long cursor = RawMemory.getLong(state);
            long at = RawMemory.getLong(state + Long.BYTES) & LITERAL_MASK;
            long out = base + DecoderMemory.LITERALS + at;
            long window = load(base, cursor);
            int cell = cell(cells, window, shift);
            window <<= cell;
            RawMemory.putByte(out, cell >>> 8);
            cell = cell(cells, window, shift);
            window <<= cell;
            RawMemory.putByte(out + 1, cell >>> 8);
            cell = cell(cells, window, shift);
            window <<= cell;
            RawMemory.putByte(out + 2, cell >>> 8);
            cell = cell(cells, window, shift);
            window <<= cell;
            RawMemory.putByte(out + 3, cell >>> 8);
            cell = cell(cells, window, shift);
            window <<= cell;
            RawMemory.putByte(out + 4, cell >>> 8);
            // The length of a run is the table's: these branches go one way for a whole block.
            if (run > SHORTEST_RUN) {
                cell = cell(cells, window, shift);
                window <<= cell;
                RawMemory.putByte(out + 5, cell >>> 8);
                if (run > SHORTEST_RUN + 1) {
                    cell = cell(cells, window, shift);
                    window <<= cell;
                    RawMemory.putByte(out + 6, cell >>> 8);
                    if (run > SHORTEST_RUN + 2) {
                        cell = cell(cells, window, shift);
                        window <<= cell;
                        RawMemory.putByte(out + 7, cell >>> 8);
                    }
                }
            }
            RawMemory.putLong(state, advance(cursor, window));
            RawMemory.putLong(state + Long.BYTES, at + run);
        }
    }

    /**
     * Decodes what is left of a stream, fewer literals than two runs: {@code at} to {@code end}.
     */
    private void finish(int stream, HuffmanDecodingTable table, int start, int at, int end) {
        long base = RawMemory.address(memory.base());
        long cells = RawMemory.address(base + table.place());
        int shift = Long.SIZE - table.maxBits();
        long cursor = RawMemory.getLong(base + DecoderMemory.STREAMS + stream * 16L);
        for (int next = at; next < end; ) {
            long window = load(base, cursor);
            int stop = Math.min(next + SHORTEST_RUN, end);
            for (; next < stop; next++) {
                int cell = cell(cells, window, shift);
                window <<= cell;
                RawMemory.putByte(
                        base + DecoderMemory.LITERALS + (next & LITERAL_MASK), cell >>> 8);
            }
            cursor = advance(cursor, window);
        }
        if (cursor != BackwardBits.end(start)) {
            throw new CorruptPageException(start, "literal stream holds another number of bytes");
        }
    }
}
