package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.kernel.RawMemory;
import java.util.Arrays;

/**
 * Reads the description of a Huffman tree (RFC 8878, 4.2.1): a weight for each byte value, written
 * as nibbles or as an FSE stream. Arrays are reused from one description to the next. One thread at
 * a time.
 */
final class HuffmanWeightsReader {
    /** Greatest weight that is looked at; greater than the format allows, so that it can fail. */
    private static final int MAX_WEIGHT = 12;

    private static final int MAX_WEIGHTS = 255;

    private static final int STATES = 1 << ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG;

    /** Weights are decoded in runs of this many between two looks at the end of the stream. */
    private static final int RUN = 8;

    private static final long RUN_BITS = RUN * (long) ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG;

    private final byte[] weights = new byte[256 + RUN];
    private final int[] ranks = new int[16];
    private final FseCountsReader counts = new FseCountsReader();
    private final DecoderMemory memory;
    private final FseDecodingTable table;
    private int symbols;
    private int maxBits;

    /** A reader of descriptions among {@code memory}'s packed bytes. */
    HuffmanWeightsReader(DecoderMemory memory) {
        this.memory = memory;
        this.table = new FseDecodingTable(meanings(), memory, DecoderMemory.WEIGHT_CELLS, 0);
    }

    private static long[] meanings() {
        long[] meanings = new long[MAX_WEIGHT + 1];
        for (int weight = 0; weight <= MAX_WEIGHT; weight++) {
            meanings[weight] =
                    FseDecodingTable.meaning((long) weight << FseDecodingTable.SYMBOL_SHIFT, 0);
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
     * @param in the packed bytes, which lie in the reader's memory too; holds the description at
     *     {@code from}, and {@link FseCountsReader#SLACK} after {@code limit}
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
        return decode(in, start, end, counts.accuracyLog());
    }

    /** Decodes the weights from two states that take turns; returns how many there are. */
    private int decode(byte[] in, int start, int end, int log) {
        if (end <= start || in[end - 1] == 0) {
            throw new CorruptPageException(end - 1, "stream of Huffman weights has no end mark");
        }
        long base = RawMemory.address(memory.base());
        long cursor = BackwardBits.open(in, end);
        long last = BackwardBits.end(start);
        long window = BackwardBits.load(base, cursor);
        long state1 = BackwardBits.peek(window, log);
        long state2 = BackwardBits.peek(window << log, log);
        cursor -= 2L * log;
        int count = 0;
        while (cursor - last >= RUN_BITS && count <= MAX_WEIGHTS - RUN) {
            window = BackwardBits.load(base, cursor);
            long run = 0;
            int used = 0;
            for (int i = 0; i < RUN; i += 2) {
                long cell1 = cell(base, state1);
                long cell2 = cell(base, state2);
                run |= symbol(cell1) << (i * Byte.SIZE) | symbol(cell2) << ((i + 1) * Byte.SIZE);
                int bits1 = stateBits(cell1);
                int bits2 = stateBits(cell2);
                state1 = nextState(cell1) + BackwardBits.peek(window, bits1);
                window <<= bits1;
                state2 = nextState(cell2) + BackwardBits.peek(window, bits2);
                window <<= bits2;
                used += bits1 + bits2;
            }
            LittleEndian.putLong(weights, count, run);
            cursor -= used;
            count += RUN;
        }
        // The stream ends where a state's bits are missing; the other state holds one more weight.
        while (count < MAX_WEIGHTS - 1 && cursor >= last) {
            long cell = cell(base, state1);
            int bits = stateBits(cell);
            weights[count++] = (byte) symbol(cell);
            if (cursor - last < bits) {
                weights[count++] = (byte) symbol(cell(base, state2));
                return count;
            }
            state1 = state2;
            state2 = nextState(cell) + BackwardBits.peek(BackwardBits.load(base, cursor), bits);
            cursor -= bits;
        }
        throw new CorruptPageException(start, "stream of Huffman weights does not end");
    }

    /** The cell of a state. */
    private static long cell(long base, long state) {
        return RawMemory.getLong(
                base + DecoderMemory.WEIGHT_CELLS + (state & (STATES - 1)) * Long.BYTES);
    }

    private static long symbol(long cell) {
        return (cell >>> FseDecodingTable.SYMBOL_SHIFT) & 0xF;
    }

    private static int stateBits(long cell) {
        return (int) cell & 63;
    }

    private static long nextState(long cell) {
        return cell >>> FseDecodingTable.NEXT_STATE_SHIFT;
    }

    /** Adds the last weight, which is not written: it completes the tree. */
    private void complete(int from, int count) {
        Arrays.fill(ranks, 0);
        int half = Math.min(count, MAX_WEIGHTS / 2);
        int sum = count(0, half) + count(half, count);
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(sum);
        int missing = (1 << bits) - sum;
        int last = Integer.numberOfTrailingZeros(missing) + 1;
        if (sum == 0 || bits > ZstdFormat.MAX_HUFFMAN_BITS || missing != (1 << last) >> 1) {
            throw new CorruptPageException(from, "Huffman weights do not form a tree");
        }
        weights[count] = (byte) last;
        ranks[last]++;
        if (ranks[1] < 2) {
            throw new CorruptPageException(from, "Huffman tree has no longest codes");
        }
        symbols = count + 1;
        maxBits = bits;
    }

    /**
     * Counts up to 128 weights into {@link #ranks}; a byte for each weight below 8 in a register,
     * because counters in memory would wait for one another.
     *
     * @return the cells they take in the decoding table
     */
    private int count(int from, int to) {
        long found = 0;
        int cells = 0;
        for (int i = from; i < to; i++) {
            int weight = weights[i] & 0xF;
            cells += (1 << weight) >> 1;
            if (weight < 8) {
                found += 1L << (weight * 8);
            } else {
                ranks[weight]++;
            }
        }
        for (int weight = 0; weight < 8; weight++) {
            ranks[weight] += (int) (found >>> (weight * 8)) & 0xFF;
        }
        return cells;
    }
}
