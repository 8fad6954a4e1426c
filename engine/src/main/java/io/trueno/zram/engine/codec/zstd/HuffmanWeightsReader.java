package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;

/**
 * Reads the description of a Huffman tree (RFC 8878, 4.2.1): a weight for each byte value, written
 * as nibbles or as an FSE stream. Arrays are reused from one description to the next. One thread at
 * a time.
 */
final class HuffmanWeightsReader {
    /** Greatest weight that is looked at; greater than the format allows, so that it can fail. */
    private static final int MAX_WEIGHT = 12;

    private static final int MAX_WEIGHTS = 255;

    /** Weights are decoded in runs of this many between two looks at the end of the stream. */
    private static final int RUN = 8;

    private final byte[] weights = new byte[256 + RUN];
    private final int[] ranks = new int[16];
    private final FseCountsReader counts = new FseCountsReader();
    private final FseDecodingTable table =
            new FseDecodingTable(meanings(), ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG);
    private int symbols;
    private int maxBits;

    private static long[] meanings() {
        long[] meanings = new long[MAX_WEIGHT + 1];
        for (int weight = 0; weight <= MAX_WEIGHT; weight++) {
            meanings[weight] = FseDecodingTable.meaning(weight, 0);
        }
        return meanings;
    }

    /** Weight of each symbol, 0 to 11; valid below {@link #symbols()} until the next read. */
    byte[] weights() {
        return weights;
    }

    /** One more than the greatest symbol in the tree, 2 to 256. */
    int symbols() {
        return symbols;
    }

    /** Length of the longest code in bits, 1 to 11. */
    int maxBits() {
        return maxBits;
    }

    /** How many symbols have each weight. */
    int[] ranks() {
        return ranks;
    }

    /**
     * Reads one description.
     *
     * @param in holds it at {@code from}, with 8 bytes before and {@link FseCountsReader#SLACK}
     *     after {@code limit}
     * @param limit index at which the bytes that may belong to it end
     * @return index of the first byte after the description
     * @throws CorruptPageException if it does not describe a complete tree of at most 11 bits
     */
    int read(byte[] in, int from, int limit) {
        if (from >= limit) {
            throw new CorruptPageException(from, "Huffman tree description is missing");
        }
        int header = in[from] & 0xFF;
        int size = header < 128 ? header : (header - 127 + 1) / 2;
        int end = from + 1 + size;
        if (end > limit) {
            throw new CorruptPageException(limit, "Huffman tree description is truncated");
        }
        int count = header < 128 ? readFse(in, from + 1, end) : readNibbles(in, from + 1, header);
        complete(from, count);
        return end;
    }

    private int readNibbles(byte[] in, int from, int header) {
        int count = header - 127;
        for (int i = 0; i < count; i += 2) {
            int pair = in[from + (i >>> 1)] & 0xFF;
            weights[i] = (byte) (pair >>> 4);
            weights[i + 1] = (byte) (pair & 0xF);
        }
        return count;
    }

    private int readFse(byte[] in, int from, int end) {
        int start = counts.read(in, from, end, MAX_WEIGHT, ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG);
        table.build(counts.counts(), counts.symbols(), counts.accuracyLog());
        return decode(in, start, end);
    }

    /** Decodes the weights from two states that take turns; returns how many there are. */
    private int decode(byte[] in, int start, int end) {
        if (end <= start || in[end - 1] == 0) {
            throw new CorruptPageException(end - 1, "stream of Huffman weights has no end mark");
        }
        long[] cells = table.cells();
        int log = table.accuracyLog();
        int ip = end - Long.BYTES;
        long window = BackwardBits.open(in, ip);
        int state1 = BackwardBits.peek(window, log);
        window <<= log;
        int state2 = BackwardBits.peek(window, log);
        window <<= log;
        if (BackwardBits.left(ip - start, window) < 0) {
            throw new CorruptPageException(start, "stream of Huffman weights is too short");
        }
        int count = 0;
        while (BackwardBits.left(ip - start, window) >= RUN * ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG) {
            if (count > MAX_WEIGHTS - RUN) {
                break;
            }
            ip -= BackwardBits.usedBytes(window);
            window = BackwardBits.reload(in, ip, window);
            for (int i = 0; i < RUN; i += 2) {
                long cell1 = cells[state1];
                long cell2 = cells[state2];
                weights[count + i] = (byte) FseDecodingTable.base(cell1);
                weights[count + i + 1] = (byte) FseDecodingTable.base(cell2);
                int bits1 = FseDecodingTable.stateBits(cell1);
                int bits2 = FseDecodingTable.stateBits(cell2);
                state1 = FseDecodingTable.nextState(cell1) + BackwardBits.peek(window, bits1);
                window <<= bits1;
                state2 = FseDecodingTable.nextState(cell2) + BackwardBits.peek(window, bits2);
                window <<= bits2;
            }
            count += RUN;
        }
        // The stream ends where a state's bits are missing; the other state holds one more weight.
        while (count < MAX_WEIGHTS - 1) {
            ip -= BackwardBits.usedBytes(window);
            window = BackwardBits.reload(in, ip, window);
            long cell = cells[state1];
            int bits = FseDecodingTable.stateBits(cell);
            weights[count++] = (byte) FseDecodingTable.base(cell);
            if (BackwardBits.left(ip - start, window) < bits) {
                weights[count++] = (byte) FseDecodingTable.base(cells[state2]);
                return count;
            }
            state1 = state2;
            state2 = FseDecodingTable.nextState(cell) + BackwardBits.peek(window, bits);
            window <<= bits;
        }
        throw new CorruptPageException(start, "stream of Huffman weights does not end");
    }

    /** Adds the last weight, which is not written: it completes the tree. */
    private void complete(int from, int count) {
        int[] found = ranks;
        for (int i = 0; i < found.length; i++) {
            found[i] = 0;
        }
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int weight = weights[i] & 0xF;
            found[weight]++;
            sum += (1 << weight) >> 1;
        }
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(sum);
        int missing = (1 << bits) - sum;
        int last = Integer.numberOfTrailingZeros(missing) + 1;
        if (sum == 0 || bits > ZstdFormat.MAX_HUFFMAN_BITS || missing != (1 << last) >> 1) {
            throw new CorruptPageException(from, "Huffman weights do not form a tree");
        }
        weights[count] = (byte) last;
        found[last]++;
        if (found[1] < 2) {
            throw new CorruptPageException(from, "Huffman tree has no longest codes");
        }
        symbols = count + 1;
        maxBits = bits;
    }
}
