package io.trueno.zram.engine.codec.zstd;

/**
 * A Huffman decoding table (RFC 8878, 4.2.1.3): for each value of the next {@link #maxBits()} bits
 * a 16-bit cell, the code's length in the low byte, the symbol in the high byte. One thread at a
 * time while it is built, then any number.
 */
final class HuffmanDecodingTable {
    /** One cell, four times. */
    private static final long FOUR_CELLS = 0x0001000100010001L;

    private final byte[] cells = new byte[2 << ZstdFormat.MAX_HUFFMAN_BITS];
    private final byte[] sorted = new byte[256];
    private final int[] next = new int[16];
    private int maxBits;

    /** The cells, two bytes each, little-endian. */
    byte[] cells() {
        return cells;
    }

    /** Bits that index a cell, 1 to 11. */
    int maxBits() {
        return maxBits;
    }

    /** A table of a complete tree's weights, for one that is built once. */
    static HuffmanDecodingTable of(byte[] weights) {
        int[] ranks = new int[16];
        int cells = 0;
        for (byte weight : weights) {
            ranks[weight]++;
            cells += (1 << weight) >> 1;
        }
        HuffmanDecodingTable table = new HuffmanDecodingTable();
        table.build(weights, weights.length, ranks, Integer.numberOfTrailingZeros(cells));
        return table;
    }

    /** Builds the table of the tree that {@code tree} read last. */
    void build(HuffmanWeightsReader tree) {
        build(tree.weights(), tree.symbols(), tree.ranks(), tree.maxBits());
    }

    private void build(byte[] weights, int symbols, int[] ranks, int longest) {
        maxBits = longest;
        sortByWeight(weights, symbols, ranks);
        int symbol = 0;
        int at = 0;
        // The longest codes, which are numerically the lowest, come first. Up to four cells are
        // one store: what it writes too much, the next store overwrites.
        for (int weight = 1; weight <= maxBits; weight++) {
            int bytes = 1 << weight;
            int bits = maxBits + 1 - weight;
            for (int i = ranks[weight]; i > 0; i--) {
                long four = (bits | (sorted[symbol++] & 0xFF) << 8) * FOUR_CELLS;
                if (weight == 1) {
                    LittleEndian.putShort(cells, at, (int) four);
                } else if (weight == 2) {
                    LittleEndian.putInt(cells, at, (int) four);
                } else {
                    for (int j = 0; j < bytes; j += Long.BYTES) {
                        LittleEndian.putLong(cells, at + j, four);
                    }
                }
                at += bytes;
            }
        }
    }

    /** Orders the symbols by weight, then by value; those of weight 0 are left out. */
    private void sortByWeight(byte[] weights, int symbols, int[] ranks) {
        int sum = 0;
        for (int weight = 1; weight <= ZstdFormat.MAX_HUFFMAN_BITS; weight++) {
            next[weight] = sum;
            sum += ranks[weight];
        }
        // Symbols that do not occur go behind those that do: no branch, and nobody looks there.
        next[0] = sum;
        for (int symbol = 0; symbol < symbols; symbol++) {
            sorted[next[weights[symbol] & 0xF]++] = (byte) symbol;
        }
    }
}
