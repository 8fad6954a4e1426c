package io.trueno.zram.engine.kernel;

import static io.trueno.zram.engine.kernel.RawMemory.getInt;
import static io.trueno.zram.engine.kernel.RawMemory.getLong;
import static io.trueno.zram.engine.kernel.RawMemory.getShort;
import static io.trueno.zram.engine.kernel.RawMemory.putByte;
import static io.trueno.zram.engine.kernel.RawMemory.putInt;
import static io.trueno.zram.engine.kernel.RawMemory.putLong;
import static io.trueno.zram.engine.kernel.RawMemory.putShort;

import java.util.Objects;

/** {@link Lz4Encoder} in 8-byte words. */
final class ScalarLz4Encoder extends Lz4Encoder {
    private static final int MAX_LITERALS = LONG_LENGTH + MORE - 1;

    ScalarLz4Encoder(int acceleration) {
        super(acceleration);
    }

    @Override
    protected void clearTable(long block) {
        long table = RawMemory.address(block) + TABLE;
        for (int i = 0; i < TABLE_BYTES; i += Long.BYTES) {
            putLong(table + i, 0);
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
                at = start + step;
                continue;
            }
            long offset = start - candidate;
            while (true) {
                at = start + commonBytes(base + PAGE + start, base + PAGE + candidate);
                putLong(
                        base + SEQUENCES + 8 * Objects.checkIndex(count, (long) MAX_SEQUENCES),
                        sequence(start, at, offset));
                count++;
                long gap = repeatGap(base + PAGE + (at & 0x1FFF), offset);
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

    /** How many bytes are equal from the first on, up to a little more than a page. */
    private static long commonBytes(long a, long b) {
        long equal = 0;
        long differing = getLong(a) ^ getLong(b);
        while (differing == 0 && equal < MATCH_END_LIMIT) {
            equal += Long.BYTES;
            differing = getLong(a + equal) ^ getLong(b + equal);
        }
        return equal + (Long.numberOfTrailingZeros(differing) >>> 3);
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
            if (matchCode >= LONG_LENGTH + MORE || literals > MAX_LITERALS) {
                break;
            }
            long extra = 0;
            if (literals >= LONG_LENGTH) {
                putShort(out, (LONG_LENGTH << 4) | matchField | ((literals - LONG_LENGTH) << 8));
                extra = 1;
            } else {
                putByte(out, (literals << 4) | matchField);
            }
            for (int i = 0; i < literals; i += Long.BYTES) {
                putLong(out + 1 + extra + i, getLong(from + i));
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
}
