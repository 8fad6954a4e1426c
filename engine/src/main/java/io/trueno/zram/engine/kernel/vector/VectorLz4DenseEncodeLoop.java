package io.trueno.zram.engine.kernel.vector;

import static io.trueno.zram.engine.kernel.RawMemory.getLong;
import static io.trueno.zram.engine.kernel.RawMemory.getShort;
import static io.trueno.zram.engine.kernel.RawMemory.putInt;
import static io.trueno.zram.engine.kernel.RawMemory.putShort;

import io.trueno.zram.engine.kernel.Lz4EncodeLoop;
import io.trueno.zram.engine.kernel.RawMemory;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Lz4EncodeLoop} for pages of many short matches.
 *
 * <p>Nearly every match is found within three bytes and ends within eight. So the word that tells
 * whether a candidate matches tells how long, too: the next search begins some 20 cycles before it
 * could if a vector had to be compared, at the price of a branch that is easy to guess here.
 */
final class VectorLz4DenseEncodeLoop extends Lz4EncodeLoop {
    private static final VectorSpecies<Byte> SPECIES = ByteVector.SPECIES_128;
    private static final int WIDTH = SPECIES.vectorByteSize();

    /** Literals that are always copied; a sequence with more is left. */
    private static final int MAX_LITERALS = 2 * WIDTH;

    /** A longer match is left. */
    private static final int MAX_MATCH = Long.BYTES + WIDTH - 1;

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
            long different = getLong(base + PAGE + candidate) ^ bytes;
            if ((int) different != 0) {
                start++;
                bytes = getLong(base + PAGE + start);
                slot = base + TABLE + slot(bytes);
                candidate = getShort(slot);
                putShort(slot, start);
                different = getLong(base + PAGE + candidate) ^ bytes;
                if ((int) different != 0) {
                    start++;
                    bytes = getLong(base + PAGE + start);
                    slot = base + TABLE + slot(bytes);
                    candidate = getShort(slot);
                    putShort(slot, start);
                    different = getLong(base + PAGE + candidate) ^ bytes;
                    if ((int) different != 0) {
                        at = start + step;
                        continue;
                    }
                }
            }
            long offset = start - candidate;
            long length = Long.numberOfTrailingZeros(different) / Byte.SIZE;
            if (different == 0) {
                long from = base + PAGE + Long.BYTES;
                length = Long.BYTES + equalBytes(from + start, from + candidate);
            }
            at = start + length;
            long literals = start - anchor;
            if (length > MAX_MATCH || at > MATCH_END_LIMIT || literals > MAX_LITERALS) {
                return leftState(anchor, written, start, offset);
            }
            long out = base + OUTPUT + Objects.checkIndex(written, (long) OUTPUT_LIMIT);
            long from = base + PAGE + (anchor & 0xFFF);
            long matchCode = length - MIN_MATCH;
            long further = furtherBytes(literals);
            putShort(out, token(literals, matchCode));
            out += 1 + further;
            copy(from, out);
            copy(from + WIDTH, out + WIDTH);
            putInt(out + (literals & 0xFF), offsetAndLength(offset, matchCode));
            written += 3 + further + literals + furtherBytes(matchCode);
            anchor = at;
            limit = Math.min(anchor + FAR, SEARCH_LIMIT);
            long inside = (at - 4) & 0xFFF;
            bytes = getLong(base + PAGE + inside);
            putShort(base + TABLE + slot(bytes >>> (2 * Byte.SIZE)), inside + 2);
            putShort(base + TABLE + slot(bytes), inside);
        }
        return farState(anchor, written, at);
    }

    /** How many bytes are equal from the first on, at most {@link #WIDTH}. */
    private static long equalBytes(long a, long b) {
        long differences =
                ByteVector.fromMemorySegment(SPECIES, RawMemory.ALL, a, ByteOrder.LITTLE_ENDIAN)
                        .compare(
                                VectorOperators.NE,
                                ByteVector.fromMemorySegment(
                                        SPECIES, RawMemory.ALL, b, ByteOrder.LITTLE_ENDIAN))
                        .toLong();
        return Long.numberOfTrailingZeros(differences | (1L << WIDTH));
    }

    private static void copy(long from, long to) {
        ByteVector.fromMemorySegment(SPECIES, RawMemory.ALL, from, ByteOrder.LITTLE_ENDIAN)
                .intoMemorySegment(RawMemory.ALL, to, ByteOrder.LITTLE_ENDIAN);
    }
}
