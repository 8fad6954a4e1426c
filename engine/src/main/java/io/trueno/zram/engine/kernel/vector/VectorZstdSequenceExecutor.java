package io.trueno.zram.engine.kernel.vector;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NOT;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.XOR;

import io.trueno.zram.engine.kernel.RawMemory;
import io.trueno.zram.engine.kernel.ZstdSequenceExecutor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ZstdSequenceExecutor} in whole vectors; a template for {@link VectorKernels}.
 *
 * <p>Unpacking is branch-free over as many sequences as a vector has lanes. When copying, 16
 * literals are always copied. The match's bytes are loaded as one vector and permuted by a row of a
 * table that repeats the first {@code offset} bytes, which does nothing for offsets from a vector's
 * width on. So a sequence with short lengths takes no branch that depends on its content.
 */
final class VectorZstdSequenceExecutor extends ZstdSequenceExecutor {
    private static final VectorSpecies<Byte> WIDE =
            VectorSpecies.of(
                    byte.class, VectorShape.forBitSize(Width.bitsOf(MethodHandles.lookup())));
    private static final VectorSpecies<Long> WORDS =
            VectorSpecies.of(long.class, WIDE.vectorShape());
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

    @Override
    protected long unpack(long sequences, int count) {
        long at = RawMemory.address(sequences);
        LongVector literalLengths = LongVector.zero(WORDS);
        LongVector matchLengths = literalLengths;
        LongVector offsetValues = literalLengths;
        for (int i = 0; i < count; i += WORDS.length()) {
            LongVector window =
                    LongVector.fromMemorySegment(WORDS, RawMemory.ALL, at, ByteOrder.LITTLE_ENDIAN);
            LongVector sum =
                    LongVector.fromMemorySegment(
                            WORDS, RawMemory.ALL, at + SUMS, ByteOrder.LITTLE_ENDIAN);
            LongVector bits = sum.lanewise(LSHR, OFFSET_BITS_SHIFT).and(OFFSET_BITS_MASK);
            LongVector value =
                    window.lanewise(LSHR, 1)
                            .or(Long.MIN_VALUE)
                            .lanewise(LSHR, bits.lanewise(XOR, Long.SIZE - 1));
            window = window.lanewise(LSHL, bits);
            bits = sum.lanewise(LSHR, MATCH_LENGTH_BITS_SHIFT).and(LENGTH_BITS_MASK);
            LongVector matchLength =
                    sum.lanewise(LSHR, MATCH_LENGTH_SHIFT)
                            .and(MATCH_LENGTH_MASK)
                            .add(
                                    window.lanewise(LSHR, 1)
                                            .lanewise(LSHR, bits.lanewise(XOR, Long.SIZE - 1)));
            window = window.lanewise(LSHL, bits);
            bits = sum.lanewise(LSHR, LITERAL_LENGTH_BITS_SHIFT).and(LENGTH_BITS_MASK);
            LongVector literalLength =
                    sum.lanewise(LSHR, LITERAL_LENGTH_SHIFT)
                            .and(LITERAL_LENGTH_MASK)
                            .add(
                                    window.lanewise(LSHR, 1)
                                            .lanewise(LSHR, bits.lanewise(XOR, Long.SIZE - 1)));
            // Without literals, values name the repeat offsets one further down.
            LongVector older =
                    value.lanewise(NOT)
                            .add(2)
                            .add(literalLength.sub(1).lanewise(ASHR, Long.SIZE - 1));
            LongVector isNew =
                    value.lanewise(NOT).add(LAST_REPEAT + 1).lanewise(ASHR, Long.SIZE - 1);
            LongVector choice =
                    value.add(NEW_OFFSET - LAST_REPEAT)
                            .lanewise(XOR, older)
                            .and(isNew)
                            .lanewise(XOR, older);
            LongVector isLong =
                    literalLength
                            .lanewise(NOT)
                            .add(MOST_LITERALS + 1)
                            .or(matchLength.lanewise(NOT).add(LONGEST_MATCH + 1))
                            .and(LONG);
            literalLength.intoMemorySegment(RawMemory.ALL, at, ByteOrder.LITTLE_ENDIAN);
            matchLength.intoMemorySegment(RawMemory.ALL, at + SUMS, ByteOrder.LITTLE_ENDIAN);
            choice.or(isLong)
                    .intoMemorySegment(RawMemory.ALL, at + CHOICES, ByteOrder.LITTLE_ENDIAN);
            literalLengths = literalLengths.add(literalLength);
            matchLengths = matchLengths.add(matchLength);
            offsetValues = offsetValues.or(value);
            at = RawMemory.address(at + WIDTH);
        }
        return total(
                literalLengths.reduceLanes(ADD),
                matchLengths.reduceLanes(ADD),
                offsetValues.reduceLanes(OR));
    }

    // Straight-line on purpose: a loop in here makes C2 box vectors and spill the loop's state.
    @Override
    protected int run(long base, int sequences, int from, int last, int lowest) {
        long block = RawMemory.address(base);
        long arrays = RawMemory.address(base + sequences);
        int next = from & INDEX_MASK;
        long offsets = repeats;
        long literalAt = literal & PLACE_MASK;
        long outAt = at & PLACE_MASK;
        do {
            long literalLength = RawMemory.getLong(arrays + next);
            long matchLength = RawMemory.getLong(arrays + SUMS + next);
            long choice = RawMemory.getLong(arrays + CHOICES + next);
            long pushed = offsets << (choice >>> Integer.SIZE) | (choice & OFFSET_MASK);
            if (choice < 0) {
                pushed = repeatsAfterOlder(offsets, choice, olderOffset(offsets, choice));
                if (choice < NEWEST_LESS_ONE
                        || (pushed & OFFSET_MASK) == 0
                        || literalLength > MOST_LITERALS
                        || matchLength > LONGEST_MATCH) {
                    break;
                }
            }
            long offset = pushed & OFFSET_MASK;
            long match = outAt + literalLength;
            if (match - offset < lowest) {
                break;
            }
            offsets = pushed;

            long source = block + literalAt;
            long target = block + outAt;
            copySmall(source, target);
            if (literalLength > SMALL_WIDTH) {
                copySmall(source + SMALL_WIDTH, target + SMALL_WIDTH);
                copySmall(source + 2L * SMALL_WIDTH, target + 2L * SMALL_WIDTH);
                copySmall(source + 3L * SMALL_WIDTH, target + 3L * SMALL_WIDTH);
                copySmall(source + 4L * SMALL_WIDTH, target + 4L * SMALL_WIDTH);
            }
            source = block + ((match - offset) & PLACE_MASK);
            target = block + (match & PLACE_MASK);
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
                source = block + ((match - back) & PLACE_MASK);
                copy(source + WIDTH, target + WIDTH);
                copy(source + 2L * WIDTH, target + 2L * WIDTH);
                copy(source + 3L * WIDTH, target + 3L * WIDTH);
                copy(source + 4L * WIDTH, target + 4L * WIDTH);
            }
            literalAt = (literalAt + literalLength) & PLACE_MASK;
            outAt = (match + matchLength) & PLACE_MASK;
            next = (next + Long.BYTES) & INDEX_MASK;
        } while (next != last);
        repeats = offsets;
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
