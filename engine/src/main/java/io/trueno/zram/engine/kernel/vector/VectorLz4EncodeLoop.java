package io.trueno.zram.engine.kernel.vector;

import static io.trueno.zram.engine.kernel.RawMemory.getInt;
import static io.trueno.zram.engine.kernel.RawMemory.getLong;
import static io.trueno.zram.engine.kernel.RawMemory.getShort;
import static io.trueno.zram.engine.kernel.RawMemory.putInt;
import static io.trueno.zram.engine.kernel.RawMemory.putShort;

import io.trueno.zram.engine.kernel.Lz4EncodeLoop;
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
final class VectorLz4EncodeLoop extends Lz4EncodeLoop {
    private static final VectorSpecies<Byte> WIDE =
            VectorSpecies.of(
                    byte.class, VectorShape.forBitSize(Width.bitsOf(MethodHandles.lookup())));
    private static final VectorSpecies<Byte> LITERALS = ByteVector.SPECIES_128;
    private static final int WIDTH = WIDE.vectorByteSize();
    private static final long TWO = 2L * WIDTH;

    /** Bytes that a comparison tells of; at 64 bits its mask is full. */
    private static final int COMPARED = 63;

    private static final long STOP = 1L << COMPARED;

    private static final long REPEAT_PLACES = (2L << REPEAT_GAP) - 1;

    /**
     * Sequences are counted above the bytes written, from where the sum is negative when there are
     * enough: a counter of its own costs a twentieth of the time, in registers.
     */
    private static final long SEQUENCE = 1L << 32;

    private static final long FIRST = Long.MIN_VALUE - ENOUGH * SEQUENCE;
    private static final long BYTES = 0x1FFF;

    /** Literals that {@link #copyLiterals} copies; a sequence with more is left. */
    private static final int MAX_LITERALS = 2 * WIDTH;

    @Override
    protected void clearTable(long block) {
        long table = RawMemory.address(block) + TABLE;
        ByteVector zero = ByteVector.zero(WIDE);
        for (int i = 0; i < TABLE_BYTES; i += WIDTH) {
            zero.intoMemorySegment(RawMemory.ALL, table + i, ByteOrder.LITTLE_ENDIAN);
        }
    }

    // C2 stops inlining at a number of nodes, of which each access to memory takes hundreds, and
    // what
    // comes last in the loop is then called: so one load serves several hashes. README, "No calls".
    @Override
    protected long encodeRun(long block, long step, long state) {
        long base = RawMemory.address(block);
        long anchor = anchor(state);
        long written = FIRST | written(state);
        long at = Math.max(anchor, 1);
        long limit = Math.min(anchor + FAR, SEARCH_LIMIT);
        while (at < limit) {
            long start = at & 0xFFF;
            long bytes = getLong(base + PAGE + start);
            long slot = base + TABLE + slot(bytes);
            long candidate = getShort(slot);
            putShort(slot, start);
            if (getInt(base + PAGE + candidate) != (int) bytes) {
                start++;
                bytes >>>= Byte.SIZE;
                slot = base + TABLE + slot(bytes);
                candidate = getShort(slot);
                putShort(slot, start);
                if (getInt(base + PAGE + candidate) != (int) bytes) {
                    start++;
                    bytes >>>= Byte.SIZE;
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
                long equal = Long.numberOfTrailingZeros(differences | STOP);
                long length = equal;
                if (WIDTH >= 32 && equal == COMPARED) {
                    differences =
                            differences(
                                    base + PAGE + start + COMPARED,
                                    base + PAGE + candidate + COMPARED);
                    equal = Long.numberOfTrailingZeros(differences | STOP);
                    length += equal;
                }
                at = start + length;
                long literals = start - anchor;
                if (equal == COMPARED || at > MATCH_END_LIMIT || literals > MAX_LITERALS) {
                    return leftState(anchor, written & BYTES, start, offset);
                }
                long places = repeatPlaces(differences, equal, base + PAGE + (at & 0x1FFF), offset);
                long out = base + OUTPUT + (written & BYTES);
                long from = base + PAGE + (anchor & 0xFFF);
                long matchCode = length - MIN_MATCH;
                long further = furtherBytes(literals);
                putShort(out, token(literals, matchCode));
                out += 1 + further;
                if (literals > LITERALS.vectorByteSize()) {
                    copyLiterals(from, out);
                } else {
                    ByteVector.fromMemorySegment(
                                    LITERALS, RawMemory.ALL, from, ByteOrder.LITTLE_ENDIAN)
                            .intoMemorySegment(RawMemory.ALL, out, ByteOrder.LITTLE_ENDIAN);
                }
                putInt(out + (literals & 0xFF), offsetAndLength(offset, matchCode));
                written += SEQUENCE + 3 + further + literals + furtherBytes(matchCode);
                anchor = at;
                if (places == 0) {
                    break;
                }
                start = at + Long.numberOfTrailingZeros(places);
                if (start >= SEARCH_LIMIT) {
                    break;
                }
                start = Objects.checkIndex(start, (long) SEARCH_LIMIT);
                putShort(base + TABLE + slot(getLong(base + PAGE + (at & 0xFFF))), at);
                candidate = (start - offset) & 0xFFF;
            }
            limit = Math.min(anchor + FAR, SEARCH_LIMIT);
            long inside = (at - 4) & 0xFFF;
            bytes = getLong(base + PAGE + inside);
            putShort(base + TABLE + slot(bytes >>> (2 * Byte.SIZE)), inside + 2);
            putShort(base + TABLE + slot(bytes), inside);
            if (written < 0) {
                break;
            }
        }
        return farState(anchor, written & BYTES, at);
    }

    /** As {@link #repeatPlaces(long, long)}; from the comparison, where that is wide enough. */
    private static long repeatPlaces(long differences, long length, long at, long distance) {
        return WIDTH < 32
                ? repeatPlaces(at, distance)
                : (runsOfEight(~differences) >>> length) & REPEAT_PLACES;
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
        if (WIDTH == 32) {
            return differences | (differencesOfVector(a + WIDTH, b + WIDTH) << 32);
        }
        return WIDTH < 32 && differences == 0 ? differencesBehind(a, b) : differences;
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

    /** Copies {@link #MAX_LITERALS} bytes. */
    private static void copyLiterals(long from, long to) {
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
