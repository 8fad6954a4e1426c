package io.trueno.zram.engine.codec.zstd;

import java.util.Arrays;

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
    private static final int MAX_WEIGHT = ZstdFormat.MAX_HUFFMAN_BITS + 1;

    private final byte[] weights = new byte[256];
    private final int[] counts = new int[MAX_WEIGHT + 1];
    private final short[] probabilities = new short[MAX_WEIGHT + 1];
    private final FseEncodingTable table = new FseEncodingTable(ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG);
    private final BitWriter bits = new BitWriter();

    /** Returns the position after the description, or {@link #NOT_DESCRIBABLE}. */
    int write(HuffmanEncoderTable huffman, byte[] out, int at) {
        int n = huffman.maxSymbol;
        Arrays.fill(counts, 0);
        for (int s = 0; s < n; s++) {
            int weight = huffman.weight(s);
            weights[s] = (byte) weight;
            counts[weight]++;
        }
        int directBytes = n <= MAX_DIRECT ? (n + 1) >> 1 : Integer.MAX_VALUE;
        int end = writeCompressed(n, out, at + 1);
        int compressedBytes = end - at - 1;
        if (end != NOT_DESCRIBABLE
                && compressedBytes <= MAX_COMPRESSED_BYTES
                && compressedBytes < directBytes) {
            out[at] = (byte) compressedBytes;
            return end;
        }
        return n <= MAX_DIRECT ? writeDirect(n, out, at) : NOT_DESCRIBABLE;
    }

    private int writeDirect(int n, byte[] out, int at) {
        out[at++] = (byte) (MAX_DIRECT - 1 + n);
        weights[n] = 0;
        for (int s = 0; s < n; s += 2) {
            out[at++] = (byte) ((weights[s] << 4) | weights[s + 1]);
        }
        return at;
    }

    private int writeCompressed(int n, byte[] out, int at) {
        long present = 0;
        for (int w = 0; w <= MAX_WEIGHT; w++) {
            present |= (long) Math.min(counts[w], 1) << w;
        }
        if (Long.bitCount(present) < 2 || n < 3) {
            return NOT_DESCRIBABLE;
        }
        int log = n > 24 ? ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG : ZstdFormat.MIN_FSE_LOG;
        FseDistribution.normalize(counts, present, n, log, probabilities);
        table.build(probabilities, present, log);
        int start = FseDistribution.write(probabilities, present, log, out, at);
        return writeStream(n, out, start);
    }

    /** Two interleaved states, symbols of even index in the first, from the last to the first. */
    private int writeStream(int n, byte[] out, int at) {
        bits.start(out, at);
        int i = n - 1;
        int one = table.startState(weights[i]);
        int two = table.startState(weights[--i]);
        int swap;
        while (i > 0) {
            long transform = table.transform(weights[--i]);
            int width = FseEncodingTable.bits(transform, one);
            bits.add(one & ((1 << width) - 1), width);
            bits.flush();
            swap = two;
            two = table.next(transform, one, width);
            one = swap;
        }
        // "one" is now the state of symbol 1, "two" that of symbol 0, which is read first.
        bits.add(one & ((1 << table.log) - 1), table.log);
        bits.add(two & ((1 << table.log) - 1), table.log);
        return bits.finishBackwardStream();
    }
}
