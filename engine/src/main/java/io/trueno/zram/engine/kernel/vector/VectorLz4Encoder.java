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
 * loads that lead to it. The comparison that gives a match's length tells at the same time where
 * the page goes on being equal at the same distance a few bytes on, so the next match often needs
 * neither.
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

    private static final long STOP = 1L << MAX_RUN_MATCH;

    private static final long REPEAT_PLACES = (2L << REPEAT_GAP) - 1;

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
        long at = Math.max(place(state), 1);
        while (at < SEARCH_LIMIT) {
            long start = Objects.checkIndex(at, (long) SEARCH_LIMIT);
            long bytes = getLong(base + PAGE + start);
            long slot = base + TABLE + slot(bytes);
            long candidate = getShort(slot);
            putShort(slot, start);
            if (getInt(base + PAGE + candidate) != (int) bytes) {
                start++;
                bytes = getLong(base + PAGE + start);
                slot = base + TABLE + slot(bytes);
                candidate = getShort(slot);
                putShort(slot, start);
                if (getInt(base + PAGE + candidate) != (int) bytes) {
                    start++;
                    bytes = getLong(base + PAGE + start);
                    slot = base + TABLE + slot(bytes);
                    candidate = getShort(slot);
                    putShort(slot, start);
                    if (getInt(base + PAGE + candidate) != (int) bytes) {
                        at = start + step;
                        continue;
                    }
                }
            }
            long offset = start - candidate;
            while (true) {
                long differences = differences(base + PAGE + start, base + PAGE + candidate);
                long length = Long.numberOfTrailingZeros(differences | STOP);
                at = start + length;
                putLong(
                        base + SEQUENCES + 8 * Objects.checkIndex(count, (long) MAX_SEQUENCES),
                        sequence(start, at, offset));
                count++;
                if (length == MAX_RUN_MATCH && at < MATCH_END_LIMIT) {
                    return openState(count, at);
                }
                long gap = repeatGap(differences, length, base + PAGE + (at & 0x1FFF), offset);
                start = at + gap;
                if (gap == 0 || start >= SEARCH_LIMIT) {
                    break;
                }
                start = Objects.checkIndex(start, (long) SEARCH_LIMIT);
                putShort(base + TABLE + slot(getLong(base + PAGE + (at & 0xFFF))), at);
                candidate = (start - offset) & 0xFFF;
            }
            long inside = (at - 2) & 0xFFF;
            putShort(base + TABLE + slot(getLong(base + PAGE + inside)), inside);
            inside = (at - 4) & 0xFFF;
            putShort(base + TABLE + slot(getLong(base + PAGE + inside)), inside);
        }
        return state(count, at);
    }

    /** As {@link #repeatGap(long, long)}; from the comparison, where that is wide enough. */
    private static long repeatGap(long differences, long length, long at, long distance) {
        if (WIDTH < 64) {
            return repeatGap(at, distance);
        }
        long places = (runsOfEight(~differences) >>> length) & REPEAT_PLACES;
        return places == 0 ? 0 : Long.numberOfTrailingZeros(places);
    }

    /** The bits from which on eight are set. */
    private static long runsOfEight(long bits) {
        long two = bits & (bits >>> 1);
        long four = two & (two >>> 2);
        return four & (four >>> 4);
    }

    /** Which of 64 bytes differ; behind the first vector only if that is all equal. */
    private static long differences(long a, long b) {
        long differences = differencesOfVector(a, b);
        return WIDTH < 64 && differences == 0 ? differencesBehind(a, b) : differences;
    }

    private static long differencesBehind(long a, long b) {
        long differences = differencesOfVector(a + WIDTH, b + WIDTH) << WIDTH;
        if (WIDTH == 16) {
            differences |=
                    (differencesOfVector(a + TWO, b + TWO) << 32)
                            | (differencesOfVector(a + TWO + WIDTH, b + TWO + WIDTH) << 48);
        }
        return differences;
    }

    private static long differencesOfVector(long a, long b) {
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
        long written = place(state);
        long anchor = end(getLong(base + SEQUENCES - 8 + 8 * count));
        while (count < sequences) {
            long sequence =
                    getLong(base + SEQUENCES + 8 * Objects.checkIndex(count, (long) MAX_SEQUENCES));
            long out = base + OUTPUT + Objects.checkIndex(written, (long) OUTPUT_LIMIT);
            long from = base + PAGE + (anchor & 0xFFF);
            long literals = start(sequence) - anchor;
            long matchCode = end(sequence) - start(sequence) - MIN_MATCH;
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
            anchor = end(sequence);
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
