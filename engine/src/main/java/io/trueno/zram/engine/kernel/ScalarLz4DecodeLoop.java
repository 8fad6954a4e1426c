package io.trueno.zram.engine.kernel;

import static io.trueno.zram.engine.kernel.RawMemory.getByte;
import static io.trueno.zram.engine.kernel.RawMemory.getLong;
import static io.trueno.zram.engine.kernel.RawMemory.getShort;
import static io.trueno.zram.engine.kernel.RawMemory.putLong;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** {@link Lz4DecodeLoop} in 8-byte words. */
final class ScalarLz4DecodeLoop extends Lz4DecodeLoop {
    /** Longest match that starts a page, behind the longest literals with one further byte. */
    private static final int MAX_OFFSET = 4400;

    private static final int LENGTHS = TABLES;
    private static final int WORDS = LENGTHS + 256 * 8;
    private static final int STRIDES = WORDS + 16 * 9;
    private static final int ROWS = STRIDES + 2 * MAX_OFFSET;

    private static final int MATCH_REACH = 32;
    private static final int LONG_REACH = LONG_LENGTH + MORE - 1;

    ScalarLz4DecodeLoop() {}

    @Override
    protected void writeTables(MemorySegment block) {
        // Per token: length of the match, and above it a mask for the further length byte.
        for (int token = 0; token < 256; token++) {
            long code = token & LONG_LENGTH;
            long mask = code == LONG_LENGTH ? 0xFF_0000L : 0;
            block.set(JAVA_LONG_UNALIGNED, LENGTHS + 8 * token, (code + MIN_MATCH) | mask);
        }
        // Per offset up to 8: what keeps `offset` bytes of a word, and what repeats them.
        for (int offset = 1; offset <= 8; offset++) {
            long repeat = 0;
            for (int shift = 0; shift < Long.SIZE; shift += offset * Byte.SIZE) {
                repeat |= 1L << shift;
            }
            long keep = offset == 8 ? -1 : (1L << (offset * Byte.SIZE)) - 1;
            block.set(JAVA_LONG_UNALIGNED, WORDS + 16 * offset, keep);
            block.set(JAVA_LONG_UNALIGNED, WORDS + 16 * offset + 8, repeat);
        }
        // Per offset: the least multiple that is at least a word, and the row of the table above.
        for (int offset = 1; offset <= MAX_OFFSET; offset++) {
            int stride = offset >= 8 ? offset : (7 + offset) / offset * offset;
            block.set(JAVA_SHORT_UNALIGNED, STRIDES + 2 * (offset - 1), (short) stride);
            block.set(JAVA_BYTE, ROWS + offset - 1, (byte) (16 * Math.min(offset, 8)));
        }
    }

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
            copyTwoWords(base + PACKED + i + 1, base + PAGE + o);
            if (literals == LONG_LENGTH) {
                long more = getByte(base + PACKED + i + 1);
                if (more > LONG_REACH - LONG_LENGTH) {
                    break;
                }
                matchAt += more;
                copyWords(base + PACKED + i + 2, base + PAGE + o, LONG_LENGTH + more);
                i += 1 + more;
            }
            long offsetAt = i + 1 + literals;
            if (offsetAt >= packedLength) {
                if (offsetAt == packedLength && matchAt == Pages.SIZE) {
                    return DONE;
                }
                break;
            }
            long next = getLong(base + PACKED + offsetAt);
            long known = Objects.checkIndex((next & 0xFFFF) - 1, matchAt);
            long lengths = getLong(base + LENGTHS + 8 * token);
            long length = (lengths & 0xFF) + ((next & lengths) >>> 16);
            if (length > LONG_REACH) {
                break;
            }
            long to = base + PAGE + matchAt;
            long row = getByte(base + ROWS + known);
            long strideStart = to - (getShort(base + STRIDES + 2 * known) & 0x1FFF);
            long first = getLong(to - 1 - known) & getLong(base + WORDS + row);
            putLong(to, first * getLong(base + WORDS + 8 + row));
            putLong(to + 8, getLong(strideStart + 8));
            putLong(to + 16, getLong(strideStart + 16));
            putLong(to + 24, getLong(strideStart + 24));
            if (length > MATCH_REACH) {
                copyWords(strideStart + MATCH_REACH, to + MATCH_REACH, length - MATCH_REACH);
            }
            out = matchAt + length;
            left--;
            in = i + 3 + ((token + 1) >>> 4);
        }
        return position(in, out, most - left);
    }

    private static void copyTwoWords(long from, long to) {
        putLong(to, getLong(from));
        putLong(to + 8, getLong(from + 8));
    }

    private static void copyWords(long from, long to, long length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            putLong(to + i, getLong(from + i));
        }
    }
}
