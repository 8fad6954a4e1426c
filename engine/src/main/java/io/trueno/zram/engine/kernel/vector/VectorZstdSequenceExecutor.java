package io.trueno.zram.engine.kernel.vector;

import io.trueno.zram.engine.kernel.RawMemory;
import io.trueno.zram.engine.kernel.ZstdSequenceExecutor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ZstdSequenceExecutor} in whole vectors; a template for {@link VectorKernels}.
 *
 * <p>16 literals are always copied. The match's bytes are loaded as one vector and permuted by a
 * row of a table that repeats the first {@code offset} bytes, which does nothing for offsets from a
 * vector's width on. So a sequence with short lengths takes no branch that depends on its content.
 */
final class VectorZstdSequenceExecutor extends ZstdSequenceExecutor {
    private static final VectorSpecies<Byte> WIDE =
            VectorSpecies.of(
                    byte.class, VectorShape.forBitSize(Width.bitsOf(MethodHandles.lookup())));
    private static final VectorSpecies<Byte> SMALL = ByteVector.SPECIES_128;
    private static final int WIDTH = WIDE.vectorByteSize();
    private static final int SMALL_WIDTH = SMALL.vectorByteSize();

    /** Literals and match bytes that are copied without a loop. */
    private static final int MOST_LITERALS = SMALL_WIDTH + 4 * SMALL_WIDTH;

    private static final int LONGEST_MATCH = 5 * WIDTH;

    /** Per offset up to the width: which byte of the loaded vector goes where. Never freed. */
    private static final MemorySegment PATTERNS =
            Arena.global().allocate((WIDTH + 1L) * WIDTH, WIDTH);

    private static final long PATTERN_ROWS = PATTERNS.address();

    /** Per offset up to the width: its least multiple that is not below the width. */
    private static final int[] STRIDES = new int[WIDTH + 1];

    static {
        for (int offset = 1; offset <= WIDTH; offset++) {
            STRIDES[offset] = (WIDTH - 1 + offset) / offset * offset;
            for (int i = 0; i < WIDTH; i++) {
                PATTERNS.set(ValueLayout.JAVA_BYTE, (long) offset * WIDTH + i, (byte) (i % offset));
            }
        }
    }

    VectorZstdSequenceExecutor() {}

    // Straight-line on purpose: a loop in here makes C2 box vectors and spill the loop's state.
    @Override
    protected long run(long from, long last, long literalsEnd, long lowest, long outEnd) {
        long next = from;
        long repeat1 = first;
        long repeat2 = second;
        long repeat3 = third;
        long literalAt = literal;
        long outAt = at;
        while (next < last) {
            long sequence = RawMemory.getLong(RawMemory.address(next));
            long value = sequence >>> OFFSET_VALUE_SHIFT;
            long literalLength = (sequence >>> LITERAL_LENGTH_SHIFT) & LENGTH_MASK;
            long matchLength = (sequence >>> MATCH_LENGTH_SHIFT) & LENGTH_MASK;
            long match = outAt + literalLength;
            long end = match + matchLength;
            if ((MOST_LITERALS - literalLength
                            | LONGEST_MATCH - matchLength
                            | literalsEnd - literalAt - literalLength
                            | outEnd - end)
                    < 0) {
                break;
            }
            // The newest offset again, or a new one: without a branch, it is not predictable.
            long isNew = (3 - value) >> 63;
            long offset = repeat1 ^ ((repeat1 ^ (value - 3)) & isNew);
            long which = value - ((literalLength - 1) >> 63);
            // Outside, or an older offset: one branch, a comparison with 2 alone would be a coin
            // toss.
            if (((match - offset - lowest) | (offset - 1) | ((value - 4) & (1 - which))) < 0) {
                break;
            }
            repeat3 ^= (repeat3 ^ repeat2) & isNew;
            repeat2 ^= (repeat2 ^ repeat1) & isNew;
            repeat1 = offset;

            long source = RawMemory.address(literalAt);
            long target = RawMemory.address(outAt);
            copySmall(source, target);
            if (literalLength > SMALL_WIDTH) {
                copySmall(source + SMALL_WIDTH, target + SMALL_WIDTH);
                copySmall(source + 2L * SMALL_WIDTH, target + 2L * SMALL_WIDTH);
                copySmall(source + 3L * SMALL_WIDTH, target + 3L * SMALL_WIDTH);
                copySmall(source + 4L * SMALL_WIDTH, target + 4L * SMALL_WIDTH);
            }
            source = RawMemory.address(match - offset);
            target = RawMemory.address(match);
            long row = Math.min(offset, WIDTH);
            ByteVector pattern =
                    ByteVector.fromMemorySegment(
                            WIDE,
                            RawMemory.ALL,
                            PATTERN_ROWS + row * WIDTH,
                            ByteOrder.LITTLE_ENDIAN);
            pattern.selectFrom(
                            ByteVector.fromMemorySegment(
                                    WIDE, RawMemory.ALL, source, ByteOrder.LITTLE_ENDIAN))
                    .intoMemorySegment(RawMemory.ALL, target, ByteOrder.LITTLE_ENDIAN);
            if (matchLength > WIDTH) {
                long back = offset >= WIDTH ? offset : STRIDES[(int) offset];
                source = RawMemory.address(match - back);
                copy(source + WIDTH, target + WIDTH);
                copy(source + 2L * WIDTH, target + 2L * WIDTH);
                copy(source + 3L * WIDTH, target + 3L * WIDTH);
                copy(source + 4L * WIDTH, target + 4L * WIDTH);
            }
            literalAt += literalLength;
            outAt = end;
            next += Long.BYTES;
        }
        first = repeat1;
        second = repeat2;
        third = repeat3;
        literal = literalAt;
        at = outAt;
        return next;
    }

    private static void copySmall(long source, long target) {
        ByteVector.fromMemorySegment(SMALL, RawMemory.ALL, source, ByteOrder.LITTLE_ENDIAN)
                .intoMemorySegment(RawMemory.ALL, target, ByteOrder.LITTLE_ENDIAN);
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
