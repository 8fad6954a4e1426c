package io.trueno.zram.engine.codec.zstd;

/**
 * Writes literals as Huffman codes, last literal first (RFC 8878, 4.2.2). Five codes of at most
 * eleven bits fit the accumulator beside seven pending bits, so bytes are moved once per five.
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
    static int write(byte[] literals, int from, int to, int[] codes, byte[] out, int at) {
        long accumulator = 0;
        int pending = 0;
        int i = to;
        while (i - from >= 5) {
            i -= 5;
            int c4 = codes[literals[i + 4] & 0xFF];
            int c3 = codes[literals[i + 3] & 0xFF];
            int c2 = codes[literals[i + 2] & 0xFF];
            int c1 = codes[literals[i + 1] & 0xFF];
            int c0 = codes[literals[i] & 0xFF];
            accumulator |= (long) (c4 >>> 8) << pending;
            pending += c4 & 0xFF;
            accumulator |= (long) (c3 >>> 8) << pending;
            pending += c3 & 0xFF;
            accumulator |= (long) (c2 >>> 8) << pending;
            pending += c2 & 0xFF;
            accumulator |= (long) (c1 >>> 8) << pending;
            pending += c1 & 0xFF;
            accumulator |= (long) (c0 >>> 8) << pending;
            pending += c0 & 0xFF;
            BitWriter.LONG.set(out, at, accumulator);
            at += pending >>> 3;
            accumulator >>>= pending & ~7;
            pending &= 7;
        }
        while (i > from) {
            int code = codes[literals[--i] & 0xFF];
            accumulator |= (long) (code >>> 8) << pending;
            pending += code & 0xFF;
        }
        accumulator |= 1L << pending;
        pending++;
        BitWriter.LONG.set(out, at, accumulator);
        return at + ((pending + 7) >>> 3);
    }

    /**
     * Writes four streams behind their jump table (RFC 8878, 3.1.1.3.1.6).
     *
     * @return the position after the last stream
     */
    static int writeFour(byte[] literals, int count, int[] codes, byte[] out, int at) {
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
