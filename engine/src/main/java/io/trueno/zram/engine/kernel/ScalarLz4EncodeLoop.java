package io.trueno.zram.engine.kernel;

import static io.trueno.zram.engine.kernel.RawMemory.getInt;
import static io.trueno.zram.engine.kernel.RawMemory.getLong;
import static io.trueno.zram.engine.kernel.RawMemory.getShort;
import static io.trueno.zram.engine.kernel.RawMemory.putInt;
import static io.trueno.zram.engine.kernel.RawMemory.putLong;
import static io.trueno.zram.engine.kernel.RawMemory.putShort;

import java.util.Objects;

/** {@link Lz4EncodeLoop} in 8-byte words, for all pages: it does not count its sequences. */
final class ScalarLz4EncodeLoop extends Lz4EncodeLoop {
    private static final int MAX_LITERALS = LONG_LENGTH + MORE - 1;

    @Override
    protected long encodeRun(long block, long step, long state) {
        long base = RawMemory.address(block);
        long anchor = anchor(state);
        long written = written(state);
        long at = Math.max(anchor, 1);
        long limit = Math.min(anchor + FAR, SEARCH_LIMIT);
        while (at < limit) {
            long start = at & 0xFFF;
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
                long literals = start - anchor;
                long matchCode = at - start - MIN_MATCH;
                if (matchCode >= LONG_LENGTH + MORE
                        || at > MATCH_END_LIMIT
                        || literals > MAX_LITERALS) {
                    return leftState(anchor, written, start, offset);
                }
                long out = base + OUTPUT + Objects.checkIndex(written, (long) OUTPUT_LIMIT);
                long from = base + PAGE + (anchor & 0xFFF);
                long further = furtherBytes(literals);
                putShort(out, token(literals, matchCode));
                out += 1 + further;
                for (int i = 0; i < literals; i += Long.BYTES) {
                    putLong(out + i, getLong(from + i));
                }
                putInt(out + literals, offsetAndLength(offset, matchCode));
                written += 3 + further + literals + furtherBytes(matchCode);
                anchor = at;
                long places = repeatPlaces(base + PAGE + (at & 0x1FFF), offset);
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
        }
        return farState(anchor, written, at);
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
}
