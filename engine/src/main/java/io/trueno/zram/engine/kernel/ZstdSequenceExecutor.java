package io.trueno.zram.engine.kernel;

/**
 * Carries out the sequences of a Zstandard block (RFC 8878, 3.1.1.4 and 3.1.1.5): reads their extra
 * bits, copies literals and matches, and keeps the repeat offsets from block to block. Serves one
 * thread at a time.
 *
 * <p>A sequence comes as two words, which lie in two arrays: a <b>window</b>, the next bits of the
 * stream from bit 63 down, at least 57 of them, beginning with the extra bits of offset, match
 * length and literal length in this order; and a <b>sum</b>, which says what they are added to:
 *
 * <pre>
 * bits  0-13  not looked at
 * bits 14-25  smallest literal length
 * bits 26-38  smallest match length
 * bits 39-43  extra bits of the offset value, which is these bits behind a one
 * bits 44-47  extra bits of the match length
 * bits 48-51  extra bits of the literal length
 * bits 52-63  not looked at
 * </pre>
 *
 * <p>Execution has two steps. {@link #unpack} turns the two words into three: literal length, match
 * length, and a <b>choice</b> of the offset, all sequences alike and one independent of the other.
 * Then {@link #run} copies, in straight code without loops; whatever it declines (long copies,
 * everything wrong) is executed here, one sequence at a time.
 *
 * <p>Places are indices relative to a base address. Lengths are added up before anything is copied,
 * and must not exceed the literals that are there nor the room; so only where a match begins is
 * checked for each sequence. Copies overshoot by less than {@link #SLACK}.
 */
public abstract class ZstdSequenceExecutor {
    /** Bytes that must follow the literals and the output. */
    public static final int SLACK = 448;

    /** Most sequences of a block: a page has not room for more. */
    public static final int MAX_SEQUENCES = 4096 / 3;

    /** From a window to its sum, and from both to the sequence's choice, in bytes. */
    public static final int SUMS = 11008;

    protected static final int CHOICES = 2 * SUMS;

    /** Bytes of all three arrays. */
    public static final int SEQUENCES_BYTES = 3 * SUMS;

    /** Keeps an index of a sequence, in bytes, below a limit that the compiler can see. */
    public static final int INDEX_MASK = (1 << 14) - 1;

    /** Keeps a place below a limit that the compiler can see; places that were checked are. */
    protected static final int PLACE_MASK = (1 << 20) - 1;

    /** Where the fields of a sum are. */
    public static final int LITERAL_LENGTH_SHIFT = 14,
            MATCH_LENGTH_SHIFT = 26,
            OFFSET_BITS_SHIFT = 39,
            MATCH_LENGTH_BITS_SHIFT = 44,
            LITERAL_LENGTH_BITS_SHIFT = 48;

    /** The greatest smallest literal length: so many leave no room for a match. */
    public static final int TOO_MANY_LITERALS = (1 << 12) - 1;

    protected static final int LITERAL_LENGTH_MASK = (1 << 12) - 1,
            MATCH_LENGTH_MASK = (1 << 13) - 1,
            OFFSET_BITS_MASK = (1 << 5) - 1,
            LENGTH_BITS_MASK = (1 << 4) - 1;

    /** Offset values are less by one bit than a field of the repeat offsets. */
    protected static final int OFFSET_VALUE_BITS = 20;

    /**
     * The three repeat offsets are one word, newest in the lowest field, so that pushing a new one
     * is a shift.
     */
    protected static final int OFFSET_BITS = OFFSET_VALUE_BITS + 1;

    protected static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

    /**
     * Choices: of a new offset, the offset and above bit 32 how far it shifts the repeat offsets;
     * of the newest offset again, zero, which shifts and adds nothing; of an older one, -1 or -2;
     * of the newest less one, -3.
     */
    protected static final long NEW_OFFSET = (long) OFFSET_BITS << Integer.SIZE;

    /** Marks the choice of a sequence that is too long to be copied without a loop. */
    protected static final long LONG = Long.MIN_VALUE;

    /** The least choice that stands for an older offset. */
    protected static final long NEWEST_LESS_ONE = -3;

    /** The last offset value that stands for a repeat offset; above, it is the offset and this. */
    protected static final int LAST_REPEAT = 3;

    /** No vector has more lanes of a sequence's words. */
    private static final int MOST_LANES = 8;

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

    /** The repeat offsets; what {@link #run} starts from and leaves. */
    protected long repeats;

    /** The next literal and the next byte to decode: what {@link #run} reached. */
    protected long literal, at;

    protected ZstdSequenceExecutor() {}

    /** Sets the repeat offsets, newest first; all are positive. */
    public final void startFrame(int newest, int middle, int oldest) {
        repeats = newest | (long) middle << OFFSET_BITS | (long) oldest << (2 * OFFSET_BITS);
    }

    /**
     * Executes sequences.
     *
     * @param base address that all places are relative to
     * @param sequences place of the first window; {@link #SEQUENCES_BYTES} from there on are used
     * @param count how many, at most {@link #MAX_SEQUENCES}
     * @param literals place of the first literal
     * @param literalsEnd behind the last literal; slack follows
     * @param lowest what matches may reach back to, a vector's width or more from the base
     * @param out where to decode to
     * @param outEnd what decoding must not reach beyond; slack follows
     * @return whether all were executed; if not, one reaches outside
     */
    public final boolean execute(
            long base,
            int sequences,
            int count,
            int literals,
            int literalsEnd,
            int lowest,
            int out,
            int outEnd) {
        literal = literals;
        at = out;
        if (count == 0) {
            return true;
        }
        long first = base + sequences;
        // Sequences of no length, for vectors that reach past the last one.
        for (int lane = 0; lane < MOST_LANES; lane++) {
            long padding = first + (long) (count + lane) * Long.BYTES;
            RawMemory.putLong(padding, 0);
            RawMemory.putLong(padding + SUMS, 0);
        }
        long total = unpack(first, count);
        long literalCount = total >>> Integer.SIZE;
        if (total < 0
                || literalCount > literalsEnd - literals
                || literalCount + (int) total > outEnd - out) {
            return false;
        }
        int last = count * Long.BYTES;
        int next = 0;
        while (true) {
            next = run(base, sequences, next, last, lowest);
            if (next == last) {
                return true;
            }
            if (!executeOne(base, first + next, lowest)) {
                return false;
            }
            next += Long.BYTES;
            if (next == last) {
                return true;
            }
        }
    }

    /** Place of the next literal after {@link #execute}. */
    public final long literal() {
        return literal;
    }

    /** Place of the next byte to decode after {@link #execute}. */
    public final long at() {
        return at;
    }

    /**
     * Replaces windows by literal lengths and sums by match lengths, and writes the choices; marks
     * those that are longer than {@link #run} copies.
     *
     * @param sequences address of the first window; behind the last sequence follow zeros
     * @return all literal lengths added up above bit 32, below all match lengths; or negative, if
     *     an offset value does not fit into its bits
     */
    protected abstract long unpack(long sequences, int count);

    /**
     * Executes sequences from {@code next} on until {@code last}, or one has to be left to the
     * caller. Lengths are known to be within bounds.
     *
     * @param base address that places are relative to
     * @param sequences place of the first sequence
     * @param next index of the first sequence to execute, in bytes, below {@code last}
     * @return {@code last}, or the index of the sequence that was left
     */
    protected abstract int run(long base, int sequences, int next, int last, int lowest);

    /** What {@link #unpack} returns, from the sums of what it has seen. */
    protected static long total(long literalLengths, long matchLengths, long offsetValues) {
        return offsetValues >>> OFFSET_VALUE_BITS != 0
                ? -1
                : literalLengths << Integer.SIZE | matchLengths;
    }

    /** The offset that a negative choice stands for, zero if there is none. */
    protected static long olderOffset(long repeats, long choice) {
        long older = choice == -1 ? repeats >>> OFFSET_BITS : repeats >>> (2 * OFFSET_BITS);
        return (choice == NEWEST_LESS_ONE ? repeats - 1 : older) & OFFSET_MASK;
    }

    /** The repeat offsets after {@link #olderOffset} gave {@code offset}. */
    protected static long repeatsAfterOlder(long repeats, long choice, long offset) {
        long pushed = repeats << OFFSET_BITS | offset;
        long oldest = OFFSET_MASK << (2 * OFFSET_BITS);
        return choice == -1 ? (repeats & oldest) | (pushed & ~oldest) : pushed;
    }

    private boolean executeOne(long base, long sequence, long lowest) {
        long literalLength = RawMemory.getLong(sequence);
        long matchLength = RawMemory.getLong(sequence + SUMS);
        long choice = RawMemory.getLong(sequence + CHOICES);
        if (choice < NEWEST_LESS_ONE) {
            choice ^= LONG;
        }
        if (choice < 0) {
            repeats = repeatsAfterOlder(repeats, choice, olderOffset(repeats, choice));
        } else {
            repeats = repeats << (choice >>> Integer.SIZE) | (choice & OFFSET_MASK);
        }
        long offset = repeats & OFFSET_MASK;
        long match = at + literalLength;
        long end = match + matchLength;
        if (match - offset < lowest || offset == 0) {
            return false;
        }
        copy(base + literal, base + at, base + match);
        if (offset >= Long.BYTES) {
            copy(base + match - offset, base + match, base + end);
        } else {
            repeat(base + match, base + end, (int) offset);
        }
        literal += literalLength;
        at = end;
        return true;
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
