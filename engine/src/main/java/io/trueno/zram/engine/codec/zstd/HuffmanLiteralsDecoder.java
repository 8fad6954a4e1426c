package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;

/**
 * Decodes Huffman-coded literals of one or four streams (RFC 8878, 3.1.1.3.1.6 and 4.2.2). One
 * thread at a time.
 */
final class HuffmanLiteralsDecoder {
    /** Symbols between two reloads: 5 codes of at most 11 bits fit into 56. */
    private static final int RUN = BackwardBits.AVAILABLE / ZstdFormat.MAX_HUFFMAN_BITS;

    /** Bytes of the table that says how long the first three of four streams are. */
    private static final int JUMP_TABLE_BYTES = 6;

    private HuffmanLiteralsDecoder() {}

    /**
     * Decodes one stream.
     *
     * @param in holds the stream from {@code from} to {@code limit}, with 8 bytes before it
     * @param count symbols to decode into {@code out} from index 0
     * @throws CorruptPageException if the stream does not hold exactly {@code count} symbols
     */
    static void decodeOne(
            HuffmanDecodingTable table, byte[] in, int from, int limit, byte[] out, int count) {
        checkEndMark(in, from, limit);
        int ip = limit - Long.BYTES;
        finish(table, in, from, ip, BackwardBits.open(in, ip), out, 0, count);
    }

    /**
     * Decodes four streams behind their jump table.
     *
     * @param in holds jump table and streams from {@code from} to {@code limit}, with 8 bytes
     *     before
     * @param count symbols to decode into {@code out} from index 0
     * @throws CorruptPageException if the streams do not hold exactly {@code count} symbols
     */
    static void decodeFour(
            HuffmanDecodingTable table, byte[] in, int from, int limit, byte[] out, int count) {
        int start1 = from + JUMP_TABLE_BYTES;
        int quarter = (count + 3) >>> 2;
        int lastCount = count - 3 * quarter;
        if (start1 > limit || lastCount <= 0) {
            throw new CorruptPageException(from, "four literal streams do not fit");
        }
        int start2 = start1 + LittleEndian.getShort(in, from);
        int start3 = start2 + LittleEndian.getShort(in, from + 2);
        int start4 = start3 + LittleEndian.getShort(in, from + 4);
        if (start4 > limit) {
            throw new CorruptPageException(from, "literal streams end past their section");
        }
        checkEndMark(in, start1, start2);
        checkEndMark(in, start2, start3);
        checkEndMark(in, start3, start4);
        checkEndMark(in, start4, limit);
        int ip1 = start2 - Long.BYTES;
        int ip2 = start3 - Long.BYTES;
        int ip3 = start4 - Long.BYTES;
        int ip4 = limit - Long.BYTES;
        long window1 = BackwardBits.open(in, ip1);
        long window2 = BackwardBits.open(in, ip2);
        long window3 = BackwardBits.open(in, ip3);
        long window4 = BackwardBits.open(in, ip4);
        byte[] cells = table.cells();
        int shift = Long.SIZE - table.maxBits();
        int at = 0;
        for (; at <= lastCount - RUN; at += RUN) {
            ip1 -= BackwardBits.usedBytes(window1);
            ip2 -= BackwardBits.usedBytes(window2);
            ip3 -= BackwardBits.usedBytes(window3);
            ip4 -= BackwardBits.usedBytes(window4);
            if ((ip1 | ip2 | ip3 | ip4) < 0) {
                throw new CorruptPageException(from, "literal streams are too short");
            }
            window1 = BackwardBits.reload(in, ip1, window1);
            window2 = BackwardBits.reload(in, ip2, window2);
            window3 = BackwardBits.reload(in, ip3, window3);
            window4 = BackwardBits.reload(in, ip4, window4);
            for (int i = 0; i < RUN; i++) {
                int cell1 = LittleEndian.getShort(cells, (int) (window1 >>> shift) << 1);
                int cell2 = LittleEndian.getShort(cells, (int) (window2 >>> shift) << 1);
                int cell3 = LittleEndian.getShort(cells, (int) (window3 >>> shift) << 1);
                int cell4 = LittleEndian.getShort(cells, (int) (window4 >>> shift) << 1);
                window1 <<= cell1;
                window2 <<= cell2;
                window3 <<= cell3;
                window4 <<= cell4;
                out[at + i] = (byte) (cell1 >>> 8);
                out[at + i + quarter] = (byte) (cell2 >>> 8);
                out[at + i + 2 * quarter] = (byte) (cell3 >>> 8);
                out[at + i + 3 * quarter] = (byte) (cell4 >>> 8);
            }
        }
        finish(table, in, start1, ip1, window1, out, at, quarter);
        finish(table, in, start2, ip2, window2, out, at + quarter, 2 * quarter);
        finish(table, in, start3, ip3, window3, out, at + 2 * quarter, 3 * quarter);
        finish(table, in, start4, ip4, window4, out, at + 3 * quarter, count);
    }

    /** Decodes what is left of a stream into {@code out} from {@code at} to {@code end}. */
    private static void finish(
            HuffmanDecodingTable table,
            byte[] in,
            int start,
            int ip,
            long window,
            byte[] out,
            int at,
            int end) {
        byte[] cells = table.cells();
        int shift = Long.SIZE - table.maxBits();
        while (true) {
            ip -= BackwardBits.usedBytes(window);
            if (ip < 0) {
                throw new CorruptPageException(start, "literal stream is too short");
            }
            window = BackwardBits.reload(in, ip, window);
            int stop = Math.min(at + RUN, end);
            for (; at < stop; at++) {
                int cell = LittleEndian.getShort(cells, (int) (window >>> shift) << 1);
                window <<= cell;
                out[at] = (byte) (cell >>> 8);
            }
            if (at == end) {
                break;
            }
        }
        if (BackwardBits.left(ip - start, window) != 0) {
            throw new CorruptPageException(start, "literal stream holds another number of bytes");
        }
    }

    private static void checkEndMark(byte[] in, int from, int limit) {
        if (from >= limit || in[limit - 1] == 0) {
            throw new CorruptPageException(limit - 1, "literal stream has no end mark");
        }
    }
}
