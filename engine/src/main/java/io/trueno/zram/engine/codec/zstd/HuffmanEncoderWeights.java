package io.trueno.zram.engine.codec.zstd;

/**
 * Writes the description of a Huffman table: the weight of every symbol but the last, either in
 * four bits each or compressed with a finite state entropy table (RFC 8878, 4.2.1.1 and 4.2.1.2),
 * whichever is shorter.
 */
final class HuffmanEncoderWeights {
    /** No description exists: too many symbols for the direct form, too uniform for the other. */
    static final int NOT_DESCRIBABLE = -1;

    private static final int MAX_DIRECT = 128;
    private static final int MAX_COMPRESSED_BYTES = 127;
    private static final int MANY_WEIGHTS = 24;

    private final short[] probabilities = new short[FseEncodingTable.MAX_SYMBOLS];
    private final FseEncodingTable table = new FseEncodingTable(ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG);

    /** Returns the position after the description, or {@link #NOT_DESCRIBABLE}. */
    int write(HuffmanEncoderTable huffman, byte[] out, int at) {
        byte[] weights = huffman.weights;
        int n = huffman.maxSymbol;
        int directBytes = n <= MAX_DIRECT ? (n + 1) >> 1 : Integer.MAX_VALUE;
        int end = writeCompressed(huffman, n, out, at + 1);
        int compressedBytes = end - at - 1;
        if (end != NOT_DESCRIBABLE
                && compressedBytes <= MAX_COMPRESSED_BYTES
                && compressedBytes < directBytes) {
            out[at] = (byte) compressedBytes;
            return end;
        }
        return n <= MAX_DIRECT ? writeDirect(weights, n, out, at) : NOT_DESCRIBABLE;
    }

    private static int writeDirect(byte[] weights, int n, byte[] out, int at) {
        out[at++] = (byte) (MAX_DIRECT - 1 + n);
        byte implied = weights[n];
        weights[n] = 0;
        for (int s = 0; s < n; s += 2) {
            out[at++] = (byte) ((weights[s] << 4) | weights[s + 1]);
        }
        weights[n] = implied;
        return at;
    }

    private int writeCompressed(HuffmanEncoderTable huffman, int n, byte[] out, int at) {
        byte[] weights = huffman.weights;
        int[] counts = huffman.weightCounts;
        counts[weights[n]]--;
        long present = 0;
        for (int w = 0; w < counts.length; w++) {
            present |= (long) (-counts[w] >>> 31) << w;
        }
        if (Long.bitCount(present) < 2 || n < 3) {
            return NOT_DESCRIBABLE;
        }
        int log = n > MANY_WEIGHTS ? ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG : ZstdFormat.MIN_FSE_LOG;
        FseDistribution.normalize(counts, present, n, log, probabilities);
        table.build(probabilities, counts, present, log);
        int start = FseDistribution.write(probabilities, present, log, out, at);
        return writeStream(weights, n, out, start);
    }

    /** Two interleaved states, symbols of even index in the first, from the last to the first. */
    private int writeStream(byte[] weights, int n, byte[] out, int at) {
        FseEncodingTable table = this.table;
        int i = n;
        // "one" codes the symbols of even index, "two" those of odd index.
        int one;
        int two;
        long accumulator = 0;
        int pending = 0;
        if ((n & 1) != 0) {
            one = table.startState(weights[--i]);
            two = table.startState(weights[--i]);
            long transform = table.transform(weights[--i]);
            int width = FseEncodingTable.bits(transform, one);
            accumulator = one & ((1 << width) - 1);
            pending = width;
            one = table.next(transform, one >>> width);
        } else {
            two = table.startState(weights[--i]);
            one = table.startState(weights[--i]);
        }
        while (i > 0) {
            i -= 2;
            long transform = table.transform(weights[i + 1]);
            int width = FseEncodingTable.bits(transform, two);
            accumulator |= (long) (two & ((1 << width) - 1)) << pending;
            pending += width;
            two = table.next(transform, two >>> width);
            transform = table.transform(weights[i]);
            width = FseEncodingTable.bits(transform, one);
            accumulator |= (long) (one & ((1 << width) - 1)) << pending;
            pending += width;
            one = table.next(transform, one >>> width);
            BitWriter.LONG.set(out, at, accumulator);
            at += pending >>> 3;
            accumulator >>>= pending & ~7;
            pending &= 7;
        }
        accumulator |= (long) (two & ((1 << table.log) - 1)) << pending;
        pending += table.log;
        accumulator |= (long) (one & ((1 << table.log) - 1)) << pending;
        pending += table.log;
        accumulator |= 1L << pending;
        BitWriter.LONG.set(out, at, accumulator);
        return at + ((pending + 8) >>> 3);
    }
}
