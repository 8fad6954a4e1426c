package io.trueno.zram.engine.codec.zstd;

/**
 * Writes literals as Huffman codes, last literal first (RFC 8878, 4.2.2). Bits wait at the high end
 * of an accumulator: a code is its own shift count, and what is below the pending bits, lengths
 * among it, falls out when they are moved. Four codes of at most eleven bits fit beside seven
 * pending bits and the eight of a length.
 */
final class HuffmanEncoderStream {
    private HuffmanEncoderStream() {}

    /**
     * Writes one stream.
     *
     * @param codes 256 entries as in {@link HuffmanEncoderTable#codes}; every literal has a code
     * @param out needs {@link BitWriter#SLACK} bytes past the end of the stream
     * @return the position after the stream
     */
    static int write(byte[] literals, int from, int to, long[] codes, byte[] out, int at) {
        long accumulator = 0;
        long pending = 0;
        int i = to;
        while (((i - from) & 3) != 0) {
            long code = codes[literals[--i] & 0xFF];
            accumulator = accumulator >>> code | code;
            pending += code;
        }
        int bits = (int) pending & 0xFF;
        BitWriter.LONG.set(out, at, accumulator >>> -bits);
        at += bits >>> 3;
        pending = bits & 7;
        while (i > from) {
            i -= 4;
            int four = (int) BitWriter.INT.get(literals, i);
            long d = codes[four >>> 24];
            long c = codes[four >>> 16 & 0xFF];
            long b = codes[four >>> 8 & 0xFF];
            long a = codes[four & 0xFF];
            // Put together apart from what is pending: the next four wait for two steps, not eight.
            long first = d >>> c | c;
            long second = b >>> a | a;
            long lengths = a + b;
            long all = c + d + lengths;
            accumulator = accumulator >>> all | first >>> lengths | second;
            pending += all;
            bits = (int) pending & 0xFF;
            BitWriter.LONG.set(out, at, accumulator >>> -bits);
            at += bits >>> 3;
            pending = bits & 7;
        }
        accumulator = accumulator >>> 1 | Long.MIN_VALUE;
        bits = (int) pending + 1;
        BitWriter.LONG.set(out, at, accumulator >>> -bits);
        return at + ((bits + 7) >>> 3);
    }

    /**
     * Writes four streams behind their jump table (RFC 8878, 3.1.1.3.1.6).
     *
     * @return the position after the last stream
     */
    static int writeFour(byte[] literals, int count, long[] codes, byte[] out, int at) {
        int segment = (count + 3) >> 2;
        int first = write(literals, 0, segment, codes, out, at + 6);
        int second = write(literals, segment, 2 * segment, codes, out, first);
        int third = write(literals, 2 * segment, 3 * segment, codes, out, second);
        int fourth = write(literals, 3 * segment, count, codes, out, third);
        putShort(out, at, first - at - 6);
        putShort(out, at + 2, second - first);
        putShort(out, at + 4, third - second);
        return fourth;
    }

    private static void putShort(byte[] out, int at, int value) {
        out[at] = (byte) value;
        out[at + 1] = (byte) (value >>> 8);
    }
}
