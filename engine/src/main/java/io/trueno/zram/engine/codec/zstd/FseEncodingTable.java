package io.trueno.zram.engine.codec.zstd;

import java.util.Arrays;

/**
 * A finite state entropy table for encoding (RFC 8878, 4.1), with the price of each symbol. States
 * run from {@code 2^log} to {@code 2^(log+1) - 1}. Encoding a symbol emits the low {@link #bits}
 * bits of the state and moves to {@link #next}.
 *
 * <p>Changed only by the {@code build} methods; a table that is shared (predefined, dictionary) is
 * built once and then read by any thread. Tables of one page are built over the set of symbols that
 * occur, a {@code long} with one bit per symbol: walking set bits mispredicts once per walk, where
 * testing every count does so at every other symbol.
 */
final class FseEncodingTable {
    /** Price of a symbol that the table cannot code: larger than any real sum. */
    static final int UNCODABLE = 1 << 20;

    /** No table of sequences or weights has more symbols. */
    static final int MAX_SYMBOLS = Long.SIZE;

    private static final int MAX_LOG = ZstdFormat.MAX_LITERAL_LENGTH_LOG;

    /** By log and cell: which of the cells in order of symbol comes to lie there. */
    private static final char[][] SPREAD_ORDER = new char[MAX_LOG + 1][];

    static {
        for (int log = ZstdFormat.MIN_FSE_LOG; log <= MAX_LOG; log++) {
            int size = 1 << log;
            SPREAD_ORDER[log] = new char[size];
            for (int i = 0; i < size; i++) {
                SPREAD_ORDER[log][(i * step(size)) & (size - 1)] = (char) i;
            }
        }
    }

    /** Accuracy log; 0 for a table of a single symbol. */
    int log;

    /** Price of each symbol in {@link BitCost} units; of symbols that have none, see builders. */
    final int[] price = new int[MAX_SYMBOLS];

    /** Next states, in order of symbol. */
    private final char[] nextState;

    /** Per symbol, what gives the number of bits in the high half, the state's place in the low. */
    private final long[] transform = new long[MAX_SYMBOLS];

    /** Symbols, each as often as it has cells. */
    private final byte[] inOrder;

    /** Per symbol, the place of its next state. */
    private final int[] firstState = new int[MAX_SYMBOLS];

    FseEncodingTable(int maxLog) {
        nextState = new char[1 << maxLog];
        inOrder = new byte[(1 << maxLog) + Long.BYTES];
    }

    /**
     * A table for any probabilities of the format; -1 means "less than one". Symbols without a
     * probability have the price {@link #UNCODABLE}.
     */
    static FseEncodingTable of(short[] probabilities, int log) {
        FseEncodingTable table = new FseEncodingTable(log);
        table.buildShared(probabilities, log);
        return table;
    }

    /** Makes this the table that codes {@code symbol} in no bits. */
    void buildSingle(int symbol) {
        log = 0;
        nextState[0] = 0;
        transform[symbol] = 0;
    }

    /**
     * Builds from positive probabilities. Prices of other symbols stay undefined.
     *
     * @param probabilities of the symbols in {@code present}, summing to {@code 2^log}
     * @param counts how often each symbol is to be coded
     * @return what coding them all costs
     */
    int build(short[] probabilities, int[] counts, long present, int log) {
        this.log = log;
        int size = 1 << log;
        int sum = 0;
        int cost = 0;
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int s = Long.numberOfTrailingZeros(rest);
            int p = probabilities[s];
            long fill = s * 0x0101010101010101L;
            BitWriter.LONG.set(inOrder, sum, fill);
            for (int i = Long.BYTES; i < p; i += Long.BYTES) {
                BitWriter.LONG.set(inOrder, sum + i, fill);
            }
            setTransform(s, p, sum);
            cost += counts[s] * price[s];
            sum += p;
        }
        char[] order = SPREAD_ORDER[log];
        for (int i = 0; i < size; i++) {
            place(inOrder[order[i]], size + i);
        }
        return cost;
    }

    private void buildShared(short[] probabilities, int log) {
        this.log = log;
        Arrays.fill(price, UNCODABLE);
        int size = 1 << log;
        byte[] spread = new byte[size];
        int high = size - 1;
        int sum = 0;
        for (int s = 0; s < probabilities.length; s++) {
            int p = Math.abs(probabilities[s]);
            if (p != 0) {
                setTransform(s, p, sum);
                sum += p;
                if (probabilities[s] < 0) {
                    spread[high--] = (byte) s;
                }
            }
        }
        int position = 0;
        for (int s = 0; s < probabilities.length; s++) {
            for (int i = 0; i < probabilities[s]; i++) {
                spread[position] = (byte) s;
                do {
                    position = (position + step(size)) & (size - 1);
                } while (position > high);
            }
        }
        for (int i = 0; i < size; i++) {
            place(spread[i], size + i);
        }
    }

    /** How far apart the cells of one symbol lie. */
    private static int step(int size) {
        return (size >> 1) + (size >> 3) + 3;
    }

    private void setTransform(int symbol, int probability, int first) {
        // floor(log2(0)) reads as -1 here, which makes probability 1 take exactly "log" bits.
        int maxBits = log - (31 - Integer.numberOfLeadingZeros(probability - 1));
        int deltaBits = (maxBits << 16) - (probability << maxBits);
        int deltaState = first - probability;
        transform[symbol] = ((long) deltaBits << 32) | (deltaState & 0xFFFFFFFFL);
        price[symbol] = (log << BitCost.FRACTION_BITS) - BitCost.log2(probability);
        firstState[symbol] = first;
    }

    private void place(int symbol, int state) {
        int place = firstState[symbol & (firstState.length - 1)]++;
        nextState[place & (nextState.length - 1)] = (char) state;
    }

    /** The state after coding {@code symbol} first, in no bits. */
    int startState(int symbol) {
        long transform = transform(symbol);
        int deltaBits = (int) (transform >>> 32);
        int width = (deltaBits + (1 << 15)) >>> 16;
        return next(transform, ((width << 16) - deltaBits) >>> width);
    }

    /** Next states, in the order of {@link #next}. */
    char[] nextStates() {
        return nextState;
    }

    /** Whether the first {@code symbols} symbols can all be coded; of a shared table. */
    boolean codesAll(int symbols) {
        for (int s = 0; s < symbols; s++) {
            if (price[s] >= UNCODABLE) {
                return false;
            }
        }
        return true;
    }

    long transform(int symbol) {
        return transform[symbol & (transform.length - 1)];
    }

    /** How many low bits of {@code state} to emit before a symbol's transition. */
    static int bits(long transform, int state) {
        return (state + (int) (transform >>> 32)) >>> 16;
    }

    /**
     * The state after a transition.
     *
     * @param rest the state before, without the {@link #bits} lowest bits, which are emitted
     */
    int next(long transform, int rest) {
        return nextState[(rest + (int) transform) & (nextState.length - 1)];
    }
}
