package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.kernel.RawMemory;

/**
 * Decodes Huffman-coded literals of one or four streams (RFC 8878, 3.1.1.3.1.6 and 4.2.2) to {@link
 * DecoderMemory#LITERALS}.
 *
 * <p>A run of symbols costs one load. How many bits it used is told by a mark, put where the lowest
 * bit of the load was, that moves up through the word.
 *
 * <p>Addresses: cursors are checked before each load; cells are indexed by at most 11 bits;
 * literals are written below {@code count}, which callers keep within a page.
 */
final class HuffmanLiteralsDecoder {
    /** Symbols of a run: 5 codes of at most 11 bits, or 6 of at most 9. */
    private static final int RUN = 5;

    private static final int LONG_RUN = 6;
    private static final int LONG_RUN_MAX_BITS = 9;

    private static final int MAX_CELL = (1 << ZstdFormat.MAX_HUFFMAN_BITS) - 1;

    /** Bytes of the table that says how long the first three of four streams are. */
    private static final int JUMP_TABLE_BYTES = 6;

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
        finish(table, from, open(in, from, limit), 0, count);
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
        long cursor1 = open(in, start1, start2);
        long cursor2 = open(in, start2, start3);
        long cursor3 = open(in, start3, start4);
        long cursor4 = open(in, start4, limit);
        long base = RawMemory.address(memory.base());
        long cells = base + table.place();
        long out = base + DecoderMemory.LITERALS;
        int shift = Long.SIZE - table.maxBits();
        int at = 0;
        if (table.maxBits() <= LONG_RUN_MAX_BITS) {
            while (at <= lastCount - LONG_RUN) {
                cursor1 = longRun(base, cells, shift, cursor1, out);
                cursor2 = longRun(base, cells, shift, cursor2, out + quarter);
                cursor3 = longRun(base, cells, shift, cursor3, out + 2L * quarter);
                cursor4 = longRun(base, cells, shift, cursor4, out + 3L * quarter);
                at += LONG_RUN;
                out += LONG_RUN;
            }
        } else {
            while (at <= lastCount - RUN) {
                cursor1 = run(base, cells, shift, cursor1, out);
                cursor2 = run(base, cells, shift, cursor2, out + quarter);
                cursor3 = run(base, cells, shift, cursor3, out + 2L * quarter);
                cursor4 = run(base, cells, shift, cursor4, out + 3L * quarter);
                at += RUN;
                out += RUN;
            }
        }
        finish(table, start1, cursor1, at, quarter);
        finish(table, start2, cursor2, at + quarter, 2 * quarter);
        finish(table, start3, cursor3, at + 2 * quarter, 3 * quarter);
        finish(table, start4, cursor4, at + 3 * quarter, count);
    }

    /** The cursor at the start of a stream, behind its end mark. */
    private static long open(byte[] in, int from, int limit) {
        if (from >= limit || in[limit - 1] == 0) {
            throw new CorruptPageException(limit - 1, "literal stream has no end mark");
        }
        return BackwardBits.open(in, limit);
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

    private static long run(long base, long cells, int shift, long cursor, long out) {
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
        return advance(cursor, window);
    }

    private static long longRun(long base, long cells, int shift, long cursor, long out) {
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
        cell = cell(cells, window, shift);
        window <<= cell;
        RawMemory.putByte(out + 5, cell >>> 8);
        return advance(cursor, window);
    }

    /** Decodes what is left of a stream: literals {@code at} to {@code end}. */
    private void finish(HuffmanDecodingTable table, int start, long from, int at, int end) {
        long base = RawMemory.address(memory.base());
        long cells = base + table.place();
        int shift = Long.SIZE - table.maxBits();
        long cursor = from;
        while (at < end) {
            long window = load(base, cursor);
            int stop = Math.min(at + RUN, end);
            for (; at < stop; at++) {
                int cell = cell(cells, window, shift);
                window <<= cell;
                RawMemory.putByte(base + DecoderMemory.LITERALS + at, cell >>> 8);
            }
            cursor = advance(cursor, window);
        }
        if (cursor != BackwardBits.end(start)) {
            throw new CorruptPageException(start, "literal stream holds another number of bytes");
        }
    }
}
