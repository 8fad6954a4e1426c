package io.trueno.zram.engine.kernel.vector;

import static io.trueno.zram.engine.kernel.RawMemory.getInt;
import static io.trueno.zram.engine.kernel.RawMemory.getLong;
import static io.trueno.zram.engine.kernel.RawMemory.getShort;
import static io.trueno.zram.engine.kernel.RawMemory.putByte;
import static io.trueno.zram.engine.kernel.RawMemory.putInt;
import static io.trueno.zram.engine.kernel.RawMemory.putLong;
import static io.trueno.zram.engine.kernel.RawMemory.putShort;

import io.trueno.zram.engine.kernel.Lz4Encoder;
import io.trueno.zram.engine.kernel.RawMemory;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Lz4Encoder} with match lengths and copies in whole vectors; a template for {@link
 * VectorKernels}.
 *
 * <p>The time goes into one mispredicted branch per sequence, "does the candidate match?", and the
 * loads that lead to it. So a match's length is computed before that branch, from one vector
 * comparison, and is there when the branch resolves. It is stored, although nothing reads the
 * store: without it C2 moves the computation behind the branch.
 */
final class VectorLz4Encoder extends Lz4Encoder {
    private static final VectorSpecies<Byte> WIDE =
            VectorSpecies.of(
                    byte.class, VectorShape.forBitSize(Width.bitsOf(MethodHandles.lookup())));
    private static final VectorSpecies<Byte> LITERALS = ByteVector.SPECIES_128;
    private static final int WIDTH = WIDE.vectorByteSize();
    private static final long TWO = 2L * WIDTH;
    private static final long FIVE = 5L * WIDTH;

    /** Longest match that a run tells; at 64 bits a comparison's mask is full. */
    private static final int MAX_RUN_MATCH = 63;

    /** Ends the count of equal bytes where one vector ends. */
    private static final long STOP = 1L << Math.min(WIDTH, MAX_RUN_MATCH);

    private static final long STOP_COUNT = Math.min(WIDTH, MAX_RUN_MATCH);

    /** After this many bytes without a match, lengths are no longer computed ahead. */
    private static final int FAR = 16;

    /** Literals that {@link #copyLiterals} copies; more are left to the checked loop. */
    private static final int MAX_LITERALS =
            Math.min(WIDTH == 64 ? 5 * WIDTH : 9 * WIDTH, LONG_LENGTH + MORE - 1);

    VectorLz4Encoder(int acceleration) {
        super(acceleration);
    }

    @Override
    protected void clearTable(long block) {
        long table = RawMemory.address(block) + TABLE;
        ByteVector zero = ByteVector.zero(WIDE);
        for (int i = 0; i < TABLE_BYTES; i += WIDTH) {
            zero.intoMemorySegment(RawMemory.ALL, table + i, ByteOrder.LITTLE_ENDIAN);
        }
    }

    @Override
    protected long searchRun(long block, long step, long state) {
        long base = RawMemory.address(block);
        long count = count(state);
        long anchor = anchor(state);
        long at = Math.max(anchor, 1);
        while (at < MATCH_START_LIMIT) {
            long start = Objects.checkIndex(at, (long) MATCH_START_LIMIT);
            long bytes = getLong(base + PAGE + start);
            long slot = base + TABLE + slot(bytes);
            long candidate = getShort(slot);
            putShort(slot, start);
            long length = commonBytes(base + PAGE + start, base + PAGE + candidate);
            putLong(base + SCRATCH, length);
            if (getInt(base + PAGE + candidate) != (int) bytes) {
                start++;
                bytes = getLong(base + PAGE + start);
                slot = base + TABLE + slot(bytes);
                candidate = getShort(slot);
                putShort(slot, start);
                length = commonBytes(base + PAGE + start, base + PAGE + candidate);
                putLong(base + SCRATCH + 8, length);
                if (getInt(base + PAGE + candidate) != (int) bytes) {
                    at = start + step;
                    if (at - anchor < FAR) {
                        continue;
                    }
                    while (true) {
                        if (at >= MATCH_START_LIMIT) {
                            return state(count, anchor);
                        }
                        start = Objects.checkIndex(at, (long) MATCH_START_LIMIT);
                        bytes = getLong(base + PAGE + start);
                        slot = base + TABLE + slot(bytes);
                        candidate = getShort(slot);
                        putShort(slot, start);
                        if (getInt(base + PAGE + candidate) == (int) bytes) {
                            break;
                        }
                        at = start + step + ((start - anchor) >>> 6);
                    }
                    length = commonBytes(base + PAGE + start, base + PAGE + candidate);
                }
            }
            if (WIDTH < 64 && length == STOP_COUNT) {
                length = commonBytesTo63(base + PAGE + start, base + PAGE + candidate);
            }
            at = start + length;
            putLong(
                    base + SEQUENCES + 8 * Objects.checkIndex(count, (long) MAX_SEQUENCES),
                    sequence(
                            start - anchor,
                            Math.min(at, MATCH_END_LIMIT) - start,
                            start - candidate,
                            anchor));
            count++;
            anchor = at;
            if (length == MAX_RUN_MATCH && at < MATCH_END_LIMIT) {
                return openState(count, anchor);
            }
            long inside = (at - 2) & 0xFFF;
            putShort(base + TABLE + slot(getLong(base + PAGE + inside)), inside);
        }
        return state(count, anchor);
    }

    /** How many of a vector's bytes are equal from the first on, at most {@link #STOP_COUNT}. */
    private static long commonBytes(long a, long b) {
        return Long.numberOfTrailingZeros(differences(a, b) | STOP);
    }

    private static long commonBytesTo63(long a, long b) {
        long differences = differences(a, b) | (differences(a + WIDTH, b + WIDTH) << WIDTH);
        if (WIDTH == 16) {
            differences |=
                    (differences(a + TWO, b + TWO) << 32)
                            | (differences(a + TWO + WIDTH, b + TWO + WIDTH) << 48);
        }
        return Long.numberOfTrailingZeros(differences | (1L << MAX_RUN_MATCH));
    }

    private static long differences(long a, long b) {
        return ByteVector.fromMemorySegment(WIDE, RawMemory.ALL, a, ByteOrder.LITTLE_ENDIAN)
                .compare(
                        VectorOperators.NE,
                        ByteVector.fromMemorySegment(
                                WIDE, RawMemory.ALL, b, ByteOrder.LITTLE_ENDIAN))
                .toLong();
    }

    @Override
    protected long writeRun(long block, long sequences, long state) {
        long base = RawMemory.address(block);
        long count = count(state);
        long written = anchor(state);
        while (count < sequences) {
            long sequence =
                    getLong(base + SEQUENCES + 8 * Objects.checkIndex(count, (long) MAX_SEQUENCES));
            long out = base + OUTPUT + Objects.checkIndex(written, (long) OUTPUT_LIMIT);
            long from = base + PAGE + (anchor(sequence) & 0xFFF);
            long literals = literals(sequence);
            long matchCode = length(sequence) - MIN_MATCH;
            long matchField = Math.min(matchCode, LONG_LENGTH);
            if (matchCode >= LONG_LENGTH + MORE) {
                break;
            }
            long extra = 0;
            if (literals >= LONG_LENGTH) {
                if (literals > MAX_LITERALS) {
                    break;
                }
                putShort(out, (LONG_LENGTH << 4) | matchField | ((literals - LONG_LENGTH) << 8));
                extra = 1;
                copyLiterals(from, out + 2);
            } else {
                putByte(out, (literals << 4) | matchField);
                ByteVector.fromMemorySegment(LITERALS, RawMemory.ALL, from, ByteOrder.LITTLE_ENDIAN)
                        .intoMemorySegment(RawMemory.ALL, out + 1, ByteOrder.LITTLE_ENDIAN);
            }
            // The offset, and behind it the further length byte, which counts only if it is one.
            putInt(
                    out + 1 + extra + literals,
                    (int) (offset(sequence) | ((matchCode - LONG_LENGTH) << 16)));
            written += 3 + extra + literals + ((LONG_LENGTH - 1 - matchCode) >>> 63);
            count++;
        }
        return state(count, written);
    }

    // C2 inlines a rarely called method only if it has at most 35 bytecodes, hence the small steps.
    private static void copyLiterals(long from, long to) {
        copy(from, to);
        copyFour(from + WIDTH, to + WIDTH);
        if (WIDTH < 64) {
            copyFour(from + FIVE, to + FIVE);
        }
    }

    private static void copyFour(long from, long to) {
        copyTwo(from, to);
        copyTwo(from + TWO, to + TWO);
    }

    private static void copyTwo(long from, long to) {
        copy(from, to);
        copy(from + WIDTH, to + WIDTH);
    }

    /**
     * Copies a vector. Vectors never cross a call: where the compiler does not inline one, they
     * would become objects.
     */
    private static void copy(long from, long to) {
        ByteVector.fromMemorySegment(WIDE, RawMemory.ALL, from, ByteOrder.LITTLE_ENDIAN)
                .intoMemorySegment(RawMemory.ALL, to, ByteOrder.LITTLE_ENDIAN);
    }
}
