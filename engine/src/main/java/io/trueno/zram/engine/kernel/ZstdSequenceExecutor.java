package io.trueno.zram.engine.kernel;

/**
 * Carries out the sequences of a Zstandard block (RFC 8878, 3.1.1.4 and 3.1.1.5): copies literals
 * and matches, and keeps the repeat offsets from block to block. Serves one thread at a time.
 *
 * <p>A sequence is a long, as the decoder writes it:
 *
 * <pre>
 * bits 17-30  literal length
 * bits 31-44  match length
 * bits 45-63  offset value, which may stand for a repeat offset
 * </pre>
 *
 * <p>A subclass executes the sequences that nearly all blocks are made of, in straight code without
 * loops; whatever it declines (long copies, everything wrong) is executed here, one sequence at a
 * time.
 *
 * <p>Arguments are native addresses. Every sequence is checked to take literals that are there, to
 * refer to what is between {@code lowest} and its match, and to end within {@code outEnd}; copies
 * overshoot by less than {@link #SLACK}.
 */
public abstract class ZstdSequenceExecutor {
    /** Bytes that must follow the literals and the output. */
    public static final int SLACK = 448;

    /** Where the fields of a sequence are. */
    protected static final int LITERAL_LENGTH_SHIFT = 17,
            MATCH_LENGTH_SHIFT = 31,
            OFFSET_VALUE_SHIFT = 45;

    protected static final int LENGTH_MASK = (1 << 14) - 1;

    /** Repeats the lowest bytes, as many as the index says, over eight bytes. */
    private static final long[] PATTERN_FACTOR = {
        0,
        0x0101010101010101L,
        0x0001000100010001L,
        0x0001000001000001L,
        0x0000000100000001L,
        0x0000010000000001L,
        0x0001000000000001L,
        0x0100000000000001L
    };

    /** The smallest multiple of the index that is at least eight. */
    private static final int[] PATTERN_DISTANCE = {0, 8, 8, 9, 8, 10, 12, 14};

    /** The repeat offsets, newest first; what {@link #run} starts from and leaves. */
    protected long first, second, third;

    /** The next literal and the next byte to decode: what {@link #run} reached. */
    protected long literal, at;

    protected ZstdSequenceExecutor() {}

    /** Sets the repeat offsets, newest first. */
    public final void startFrame(int newest, int middle, int oldest) {
        first = newest;
        second = middle;
        third = oldest;
    }

    /**
     * Executes sequences.
     *
     * @param sequences the first of them
     * @param count how many
     * @param literals the first literal
     * @param literalsEnd behind the last literal; slack follows
     * @param lowest what matches may reach back to
     * @param out where to decode to
     * @param outEnd what decoding must not reach beyond; slack follows
     * @return whether all were executed; if not, one reaches outside
     */
    public final boolean execute(
            long sequences,
            int count,
            long literals,
            long literalsEnd,
            long lowest,
            long out,
            long outEnd) {
        literal = literals;
        at = out;
        long next = sequences;
        long last = sequences + (long) count * Long.BYTES;
        while (next != last) {
            next = run(next, last, literalsEnd, lowest, outEnd);
            if (next != last) {
                if (!executeOne(RawMemory.getLong(next), literalsEnd, lowest, outEnd)) {
                    return false;
                }
                next += Long.BYTES;
            }
        }
        return true;
    }

    /** Address of the next literal after {@link #execute}. */
    public final long literal() {
        return literal;
    }

    /** Address of the next byte to decode after {@link #execute}. */
    public final long at() {
        return at;
    }

    /**
     * Executes sequences from {@code next} on until {@code last}, or one has to be left to the
     * caller.
     *
     * @return {@code last}, or the address of the sequence that was left
     */
    protected abstract long run(long next, long last, long literalsEnd, long lowest, long outEnd);

    private boolean executeOne(long sequence, long literalsEnd, long lowest, long outEnd) {
        long literalLength = (sequence >>> LITERAL_LENGTH_SHIFT) & LENGTH_MASK;
        long matchLength = (sequence >>> MATCH_LENGTH_SHIFT) & LENGTH_MASK;
        long offset = offset(sequence >>> OFFSET_VALUE_SHIFT, literalLength);
        long match = at + literalLength;
        long source = match - offset;
        long end = match + matchLength;
        if (literalLength > literalsEnd - literal
                || end > outEnd
                || source < lowest
                || offset <= 0) {
            return false;
        }
        copy(literal, at, match);
        if (offset >= Long.BYTES) {
            copy(source, match, end);
        } else {
            repeat(match, end, (int) offset);
        }
        literal += literalLength;
        at = end;
        return true;
    }

    /** The offset that a value stands for; updates the repeat offsets. */
    private long offset(long value, long literalLength) {
        // Values of 1 to 3 are repeat offsets, one further down if there are no literals.
        long which = value > 3 ? 4 : value - (literalLength == 0 ? 0 : 1);
        if (which == 0) {
            return first;
        }
        long offset = which == 4 ? value - 3 : which == 3 ? first - 1 : which == 2 ? third : second;
        third = which == 1 ? third : second;
        second = first;
        first = offset;
        return offset;
    }

    /** Copies up to {@code end}, in steps of 8 bytes, from at least 8 bytes below. */
    private static void copy(long source, long target, long end) {
        long distance = target - source;
        for (long to = RawMemory.address(target); to < end; to += Long.BYTES) {
            RawMemory.putLong(to, RawMemory.getLong(to - distance));
        }
    }

    /** Repeats the {@code offset} bytes before {@code target}, at most 7, up to {@code end}. */
    private static void repeat(long target, long end, int offset) {
        long bytes = RawMemory.getLong(target - offset) & ~(-1L << (offset * Byte.SIZE));
        long pattern = bytes * PATTERN_FACTOR[offset];
        int distance = PATTERN_DISTANCE[offset];
        RawMemory.putLong(target, pattern);
        if (distance == Long.BYTES) {
            for (long to = RawMemory.address(target) + 8; to < end; to += Long.BYTES) {
                RawMemory.putLong(to, pattern);
            }
        } else {
            copy(target + 8 - distance, target + 8, end);
        }
    }
}
