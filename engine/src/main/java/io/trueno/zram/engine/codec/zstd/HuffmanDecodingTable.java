package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.kernel.RawMemory;

/**
 * A Huffman decoding table (RFC 8878, 4.2.1.3): for each value of the next {@link #maxBits()} bits
 * a 16-bit cell, the code's length in the low byte, the symbol in the high byte. One thread at a
 * time while it is built, then any number.
 */
final class HuffmanDecodingTable {
    /** Bytes of the largest table and of what its building overwrites behind it. */
    static final int BYTES = (2 << ZstdFormat.MAX_HUFFMAN_BITS) + 64;

    /** One cell, four times. */
    private static final long FOUR_CELLS = 0x0001000100010001L;

    private final DecoderMemory memory;
    private final int place;
    private final byte[] sorted = new byte[256];
    private final int[] next = new int[16];
    private int maxBits;

    /** A table of {@link #BYTES} at {@code place} in {@code memory}. */
    HuffmanDecodingTable(DecoderMemory memory, int place) {
        this.memory = memory;
        this.place = place;
    }

    /** Where in the memory the cells lie; indices of {@link #maxBits()} bits are valid. */
    int place() {
        return place;
    }

    /** Bits that index a cell, 1 to 11. */
    int maxBits() {
        return maxBits;
    }

    /** Builds the table of a complete tree's weights. */
    void build(byte[] weights) {
        int[] ranks = new int[16];
        int cells = 0;
        for (byte weight : weights) {
            ranks[weight]++;
            cells += (1 << weight) >> 1;
        }
        build(weights, weights.length, ranks, Integer.numberOfTrailingZeros(cells));
    }

    /** Builds the table of the tree that {@code tree} read last. */
    void build(HuffmanWeightsReader tree) {
        build(tree.weights(), tree.symbols(), tree.ranks(), tree.maxBits());
    }

    private void build(byte[] weights, int symbols, int[] ranks, int longest) {
        maxBits = longest;
        sortByWeight(weights, symbols, ranks);
        int symbol = 0;
        // A complete tree's weights add up to the table's size, so stores end within BYTES.
        long at = RawMemory.address(memory.base()) + place;
        // The longest codes, which are numerically the lowest, come first. Up to four cells are
        // one store: what it writes too much, the next store overwrites.
        for (int weight = 1; weight <= maxBits; weight++) {
            long bytes = 1L << weight;
            int bits = maxBits + 1 - weight;
            int end = symbol + ranks[weight];
            if (bytes <= Long.BYTES) {
                for (; symbol < end; symbol++) {
                    RawMemory.putLong(at, (bits | (sorted[symbol] & 0xFF) << 8) * FOUR_CELLS);
                    at += bytes;
                }
                continue;
            }
            for (; symbol < end; symbol++) {
                long four = (bits | (sorted[symbol] & 0xFF) << 8) * FOUR_CELLS;
                long stop = at + bytes;
                do {
                    RawMemory.putLong(at, four);
                    RawMemory.putLong(at + Long.BYTES, four);
                    at += 2 * Long.BYTES;
                } while (at < stop);
            }
        }
    }

    /**
     * Orders the symbols by weight, then by value. Where the next symbol of a weight goes is kept
     * in a register, a byte for each weight below 8: counters in memory would wait for one another.
     */
    private void sortByWeight(byte[] weights, int symbols, int[] ranks) {
        long places = 0;
        int sum = 0;
        for (int weight = 1; weight <= ZstdFormat.MAX_HUFFMAN_BITS; weight++) {
            next[weight] = sum;
            if (weight < 8) {
                places |= (long) sum << (weight * 8 - 8);
            }
            sum += ranks[weight];
        }
        // Symbols that do not occur go behind those that do: no branch, and nobody looks there.
        places |= (long) sum << 56;
        for (int symbol = 0; symbol < symbols; symbol++) {
            int weight = weights[symbol];
            if (weight < 8) {
                int shift = ((weight + 7) & 7) * 8;
                sorted[(int) (places >>> shift) & 0xFF] = (byte) symbol;
                places += 1L << shift;
            } else {
                sorted[next[weight]++] = (byte) symbol;
            }
        }
    }
}
