package io.trueno.zram.engine.codec.zstd;

/**
 * A finite state entropy decoding table (RFC 8878, 4.1). A cell holds all that decoding one symbol
 * needs, so that one load serves:
 *
 * <pre>
 * bits  0-15  lowest next state
 * bits 16-23  bits to read and add to it
 * bits 24-31  the same plus the symbol's extra bits
 * bits 32-63  what the symbol stands for: its base value, or the symbol itself
 * </pre>
 *
 * Cells of the three tables of a sequence may be added: no field overflows into the next one below
 * bit 32. One thread at a time while it is built, then any number.
 */
final class FseDecodingTable {
    /** One state bit in a cell, in both fields that count it. */
    private static final long STATE_BIT = 0x01010000L;

    private static final int SPREAD_SLACK = 8;

    private final long[] meanings;
    private final long[] cells;
    private final byte[] spread;
    private final short[] nextState = new short[64];
    private int accuracyLog;

    /**
     * @param meanings what bits 24 to 63 of a cell say of each symbol, other bits zero; kept
     * @param maxLog greatest accuracy log of any distribution this table is built from
     */
    FseDecodingTable(long[] meanings, int maxLog) {
        this.meanings = meanings;
        this.cells = new long[1 << maxLog];
        this.spread = new byte[(1 << maxLog) + SPREAD_SLACK];
    }

    /** A table of {@code description}, for one that is built once. */
    static FseDecodingTable of(long[] meanings, FseDescription description) {
        FseDecodingTable table = new FseDecodingTable(meanings, description.accuracyLog());
        table.build(description.counts(), description.counts().length, description.accuracyLog());
        return table;
    }

    /** What cells say of a symbol that stands for {@code base} plus {@code extraBits} more bits. */
    static long meaning(int base, int extraBits) {
        return (long) base << 32 | (long) extraBits << 24;
    }

    static int base(long cell) {
        return (int) (cell >>> 32);
    }

    static int stateBits(long cell) {
        return (int) (cell >>> 16) & 0xFF;
    }

    /** State bits and extra bits together; the sum, if cells were added. */
    static int totalBits(long cell) {
        return (int) cell >>> 24;
    }

    static int nextState(long cell) {
        return (int) cell & 0xFFFF;
    }

    /** The cells; states below {@code 1 << accuracyLog()} are valid. */
    long[] cells() {
        return cells;
    }

    int accuracyLog() {
        return accuracyLog;
    }

    /** Makes a table of one state that always yields {@code symbol} and reads no state bits. */
    void buildSingle(int symbol) {
        accuracyLog = 0;
        cells[0] = meanings[symbol];
    }

    /**
     * Builds the table.
     *
     * @param counts a valid distribution of {@code symbols} symbols, at most {@code
     *     meanings.length}
     * @param log its accuracy log, at most the constructor's {@code maxLog}
     */
    void build(short[] counts, int symbols, int log) {
        int size = 1 << log;
        accuracyLog = log;
        spreadSymbols(counts, symbols, size);
        int toWidth = 31 - log;
        for (int cell = 0; cell < size; cell++) {
            int symbol = spread[cell];
            int state = nextState[symbol]++;
            int bits = Integer.numberOfLeadingZeros(state) - toWidth;
            cells[cell] = meanings[symbol] + bits * STATE_BIT + ((state << bits) - size);
        }
    }

    /** Gives each symbol its cells, and {@code nextState} the first state of each symbol. */
    private void spreadSymbols(short[] counts, int symbols, int size) {
        int high = size;
        for (int symbol = 0; symbol < symbols; symbol++) {
            int count = counts[symbol];
            if (count < 0) {
                spread[--high] = (byte) symbol;
                count = 1;
            }
            nextState[symbol] = (short) count;
        }
        int step = (size >>> 1) + (size >>> 3) + 3;
        int cell = 0;
        for (int symbol = 0; symbol < symbols; symbol++) {
            for (int i = counts[symbol]; i > 0; i--) {
                spread[cell] = (byte) symbol;
                do {
                    cell = (cell + step) & (size - 1);
                } while (cell >= high);
            }
        }
    }
}
