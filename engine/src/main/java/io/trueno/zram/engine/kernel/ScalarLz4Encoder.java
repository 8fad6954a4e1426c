package io.trueno.zram.engine.kernel;

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
        long anchor = anchor(state);
        long at = Math.max(anchor, 1);
        while (at < MATCH_START_LIMIT) {
            long start = Objects.checkIndex(at, (long) MATCH_START_LIMIT);
            long bytes = getLong(base + PAGE + start);
            long slot = base + TABLE + slot(bytes);
            long candidate = getShort(slot);
            putShort(slot, start);
            long differing = getLong(base + PAGE + candidate) ^ bytes;
            if ((int) differing != 0) {
                at = start + step + ((start - anchor) >>> 6);
                continue;
            }
            long end = start;
            while (differing == 0 && end < MATCH_END_LIMIT) {
                end += Long.BYTES;
                long i = end & 0x1FFF;
                differing = getLong(base + PAGE + i) ^ getLong(base + PAGE + i - start + candidate);
            }
            at = end + (Long.numberOfTrailingZeros(differing) >>> 3);
            putLong(
                    base + SEQUENCES + 8 * Objects.checkIndex(count, (long) MAX_SEQUENCES),
                    sequence(
                            start - anchor,
                            Math.min(at, MATCH_END_LIMIT) - start,
                            start - candidate,
                            anchor));
            count++;
            anchor = at;
            long inside = (at - 2) & 0xFFF;
            putShort(base + TABLE + slot(getLong(base + PAGE + inside)), inside);
        }
        return state(count, anchor);
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
            count++;
        }
        return state(count, written);
    }
}
