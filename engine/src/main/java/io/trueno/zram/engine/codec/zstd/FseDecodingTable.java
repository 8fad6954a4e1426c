package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.kernel.RawMemory;
import io.trueno.zram.engine.kernel.ZstdSequenceExecutor;

/**
 * A finite state entropy decoding table (RFC 8878, 4.1), a section of an array of cells in {@link
 * DecoderMemory}. A cell holds all that decoding one symbol needs, so that one load serves; and the
 * cells of the three symbols of a sequence may be added, which yields what {@link
 * ZstdSequenceExecutor} takes, because only one of the three fills each field:
 *
 * <pre>
 * bits  0-5   state bits: to read and add to the next state
 * bits  6-13  64 less the bits to read, for state and extra bits together
 * bits 14-51  lengths and extra bits, as in a sequence; or the symbol itself from bit 14
 * bits 52-63  lowest next state, as an index of the array of cells
 * </pre>
 *
 * The low bits of a cell, and of one shifted down to bit 6, are what shifts take: a count, and a
 * count from the other end.
 */
final class FseDecodingTable {
    static final int BITS_SHIFT = 6;
    static final int SYMBOL_SHIFT = ZstdSequenceExecutor.LITERAL_LENGTH_SHIFT;
    static final int NEXT_STATE_SHIFT = 52;

    static final int BITS_MASK = (1 << 8) - 1;

    /** What the field at bit 6 is for nothing to read; it is less by each bit to read. */
    static final int NO_BITS = 64;

    private static final int MAX_LOG = 9;

    /** For each accuracy log and state counter, the part of a cell that is the same for all. */
    private static final long[][] STEPS = new long[MAX_LOG + 1][];

    /** Inverse of the spreading step of each accuracy log, modulo the number of cells. */
    private static final int[] INVERSE_STEP = new int[MAX_LOG + 1];

    static {
        for (int log = ZstdFormat.MIN_FSE_LOG; log <= MAX_LOG; log++) {
            STEPS[log] = steps(log);
            INVERSE_STEP[log] = inverseStep(1 << log);
        }
    }

    private final long[] meanings;
    private final DecoderMemory memory;
    private final int place;
    private final int first;

    /** Symbols in the order in which they are spread, with room for a store of eight. */
    private final byte[] laid = new byte[(1 << MAX_LOG) + Long.BYTES];

    private final short[] counters = new short[64];

    /**
     * @param meanings what cells say of each symbol, state fields zero; kept
     * @param place where in {@code memory} the array of cells lies
     * @param first index of this table's first cell in the array; the cells of the greatest
     *     accuracy log that {@link #build} is given fit behind it
     */
    FseDecodingTable(long[] meanings, DecoderMemory memory, int place, int first) {
        this.meanings = meanings;
        this.memory = memory;
        this.place = place;
        this.first = first;
    }

    /**
     * Bits 6-51 of the cells of a symbol, but for its state bits.
     *
     * @param fields of a sequence that the symbol fills
     * @param extraBits that follow the symbol
     */
    static long meaning(long fields, int extraBits) {
        return (NO_BITS - extraBits) << BITS_SHIFT | fields;
    }

    private static long[] steps(int log) {
        int size = 1 << log;
        long[] steps = new long[2 * size];
        for (int counter = 1; counter < steps.length; counter++) {
            int bits = log - 31 + Integer.numberOfLeadingZeros(counter);
            long next = ((long) counter << bits) - size;
            steps[counter] = bits * (1L - (1L << BITS_SHIFT)) + (next << NEXT_STATE_SHIFT);
        }
        return steps;
    }

    private static int step(int size) {
        return (size >>> 1) + (size >>> 3) + 3;
    }

    private static int inverseStep(int size) {
        int inverse = 1;
        while (((inverse * step(size)) & (size - 1)) != 1) {
            inverse += 2;
        }
        return inverse;
    }

    /** Makes a table of one cell that always yields {@code symbol} and reads no state bits. */
    void buildSingle(int symbol) {
        RawMemory.putLong(
                memory.base() + place + (long) first * Long.BYTES,
                meanings[symbol] + ((long) first << NEXT_STATE_SHIFT));
    }

    /**
     * Builds the table.
     *
     * @param counts a valid distribution of {@code symbols} symbols, at most {@code
     *     meanings.length}
     * @param log its accuracy log, 5 to 9
     */
    void build(short[] counts, int symbols, int log) {
        int size = 1 << log;
        int at = 0;
        for (int symbol = 0; symbol < symbols; symbol++) {
            int count = counts[symbol];
            if (count < 0) {
                spreadAroundRareSymbols(counts, symbols, size);
                at = size;
                break;
            }
            counters[symbol] = (short) count;
            long eight = symbol * 0x0101010101010101L;
            LittleEndian.putLong(laid, at, eight);
            for (int i = Long.BYTES; i < count; i += Long.BYTES) {
                LittleEndian.putLong(laid, at + i, eight);
            }
            at += count;
        }
        long[] steps = STEPS[log];
        long base = (long) first << NEXT_STATE_SHIFT;
        int inverse = INVERSE_STEP[log];
        int from = 0;
        long cells = RawMemory.address(memory.base()) + place + (long) first * Long.BYTES;
        for (int cell = 0; cell < size; cell++) {
            int symbol = laid[from & (size - 1)];
            from += inverse;
            int counter = counters[symbol]++;
            RawMemory.putLong(
                    cells + (long) cell * Long.BYTES, meanings[symbol] + base + steps[counter]);
        }
    }

    /**
     * Lays the symbols out so that those of a probability below one get the last cells, and the
     * others are spread over the rest (RFC 8878, 4.1.1).
     */
    private void spreadAroundRareSymbols(short[] counts, int symbols, int size) {
        int step = step(size);
        int high = size;
        for (int symbol = 0; symbol < symbols; symbol++) {
            int count = counts[symbol];
            if (count < 0) {
                place(--high, symbol, size);
                count = 1;
            }
            counters[symbol] = (short) count;
        }
        int cell = 0;
        for (int symbol = 0; symbol < symbols; symbol++) {
            for (int i = counts[symbol]; i > 0; i--) {
                place(cell, symbol, size);
                do {
                    cell = (cell + step) & (size - 1);
                } while (cell >= high);
            }
        }
    }

    /** Puts a symbol where {@link #build} looks for that of {@code cell}. */
    private void place(int cell, int symbol, int size) {
        int log = Integer.numberOfTrailingZeros(size);
        laid[(cell * INVERSE_STEP[log]) & (size - 1)] = (byte) symbol;
    }
}
