package io.trueno.zram.engine.kernel.vector;

import static io.trueno.zram.engine.kernel.RawMemory.getByte;
import static io.trueno.zram.engine.kernel.RawMemory.getLong;
import static io.trueno.zram.engine.kernel.RawMemory.getShort;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.kernel.Lz4DecodeLoop;
import io.trueno.zram.engine.kernel.RawMemory;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Lz4DecodeLoop} in whole vectors; a template for {@link VectorKernels}.
 *
 * <p>A sequence with short lengths, which most have, takes no branch that depends on its content:
 * 16 literal bytes are always copied; the match's bytes are loaded as one vector and permuted by a
 * row of a table that repeats the first {@code offset} bytes, which does nothing for offsets from a
 * vector's width on; the further length byte is masked in by a table entry for the token.
 */
final class VectorLz4DecodeLoop extends Lz4DecodeLoop {
    private static final VectorSpecies<Byte> WIDE =
            VectorSpecies.of(
                    byte.class, VectorShape.forBitSize(Width.bitsOf(MethodHandles.lookup())));
    private static final VectorSpecies<Byte> LITERALS = ByteVector.SPECIES_128;
    private static final int WIDTH = WIDE.vectorByteSize();
    private static final long TWO = 2L * WIDTH;
    private static final long FIVE = 5L * WIDTH;

    /** No match that the loop accepts reaches back further, even in a corrupt block. */
    private static final int MAX_OFFSET = 4400;

    /** Behind those of the loop that is wide, where there is one. */
    private static final int LENGTHS = WIDTH == 16 ? TABLES + TABLE_BYTES : TABLES;

    private static final int PATTERNS = LENGTHS + 256 * 8;
    private static final int ROWS = PATTERNS + 65 * 64;
    private static final int STRIDES = ROWS + 2 * MAX_OFFSET;

    /** Bytes that {@link #copyLong} copies; longer lengths are left to the checked loop. */
    private static final int LONG_REACH = WIDTH == 64 ? 5 * WIDTH : 9 * WIDTH;

    private static final int MAX_LITERALS = Math.min(LONG_REACH, LONG_LENGTH + MORE - 1);
    private static final int MAX_MATCH = Math.min(LONG_REACH, LONG_LENGTH + MIN_MATCH + MORE - 1);

    VectorLz4DecodeLoop() {}

    @Override
    protected void writeTables(MemorySegment block) {
        // Per token: length of the match, and above it a mask for the further length byte.
        for (int token = 0; token < 256; token++) {
            long code = token & LONG_LENGTH;
            long mask = code == LONG_LENGTH ? 0xFF_0000L : 0;
            block.set(JAVA_LONG_UNALIGNED, LENGTHS + 8 * token, (code + MIN_MATCH) | mask);
        }
        // Per offset up to the width: which byte of the loaded vector goes where.
        for (int offset = 1; offset <= WIDTH; offset++) {
            for (int i = 0; i < WIDTH; i++) {
                block.set(JAVA_BYTE, PATTERNS + offset * WIDTH + i, (byte) (i % offset));
            }
        }
        // Per offset: its row in the table above, and its least multiple not below the width.
        for (int offset = 1; offset <= MAX_OFFSET; offset++) {
            int row = Math.min(offset, WIDTH) * WIDTH;
            int stride = offset >= WIDTH ? offset : (WIDTH - 1 + offset) / offset * offset;
            block.set(JAVA_SHORT_UNALIGNED, ROWS + 2 * (offset - 1), (short) row);
            block.set(JAVA_SHORT_UNALIGNED, STRIDES + 2 * (offset - 1), (short) stride);
        }
    }

    // Straight-line on purpose: a loop in here makes C2 box vectors and spill the loop's state.
    @Override
    protected long decodeRun(long block, long packedLength, long position, long most) {
        long base = RawMemory.address(block);
        long in = in(position);
        long out = out(position);
        long left = most;
        while (left > 0) {
            long i = Objects.checkIndex(in, (long) PACKED_LIMIT);
            long o = Objects.checkIndex(out, MATCH_END_LIMIT + 1L);
            long token = getByte(base + PACKED + i);
            long literals = token >>> 4;
            long matchAt = o + literals;
            if (literals == LONG_LENGTH) {
                long more = getByte(base + PACKED + i + 1);
                matchAt += more;
                if (more > MAX_LITERALS - LONG_LENGTH || matchAt > Pages.SIZE) {
                    break;
                }
                copy(base + PACKED + i + 2, base + PAGE + o);
                copyLong(base + PACKED + i + 2, base + PAGE + o);
                i += 1 + more;
            } else {
                ByteVector.fromMemorySegment(
                                LITERALS,
                                RawMemory.ALL,
                                base + PACKED + i + 1,
                                ByteOrder.LITTLE_ENDIAN)
                        .intoMemorySegment(RawMemory.ALL, base + PAGE + o, ByteOrder.LITTLE_ENDIAN);
            }
            long offsetAt = i + 1 + literals;
            if (offsetAt >= packedLength) {
                if (offsetAt == packedLength && matchAt == Pages.SIZE) {
                    return DONE;
                }
                break;
            }
            long next = getLong(base + PACKED + offsetAt);
            long lengths = getLong(base + LENGTHS + 8 * token);
            long length = (lengths & 0xFF) + ((next & lengths) >>> 16);
            long known = Objects.checkIndex((next & 0xFFFF) - 1, matchAt); // offset - 1
            ByteVector pattern =
                    ByteVector.fromMemorySegment(
                            WIDE,
                            RawMemory.ALL,
                            base + PATTERNS + getShort(base + ROWS + 2 * known),
                            ByteOrder.LITTLE_ENDIAN);
            pattern.selectFrom(
                            ByteVector.fromMemorySegment(
                                    WIDE,
                                    RawMemory.ALL,
                                    base + PAGE + matchAt - 1 - known,
                                    ByteOrder.LITTLE_ENDIAN))
                    .intoMemorySegment(
                            RawMemory.ALL, base + PAGE + matchAt, ByteOrder.LITTLE_ENDIAN);
            if (length > WIDTH) {
                if (length > MAX_MATCH) {
                    break;
                }
                long stride = getShort(base + STRIDES + 2 * known) & 0x1FFF;
                copyLong(base + PAGE + matchAt - stride, base + PAGE + matchAt);
            }
            out = matchAt + length;
            left--;
            in = i + 3 + ((token + 1) >>> 4); // one more if the match's length had a further byte
        }
        return position(in, out, most - left);
    }

    /** Copies all but the first vector of {@link #LONG_REACH} bytes, in order. */
    private static void copyLong(long from, long to) {
        copyFour(from + WIDTH, to + WIDTH);
        if (WIDTH < 64) {
            copyFour(from + FIVE, to + FIVE);
        }
    }

    // C2 inlines a rarely called method only if it has at most 35 bytecodes, hence the small steps.
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
