package io.trueno.zram.engine.codec.lz4;

import io.trueno.zram.engine.Pages;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The longest match at every position of a page, by chains of positions with equal hashes. Of
 * equally long matches the nearest. For one thread at a time.
 */
final class Lz4LongestMatches {
    private static final int HASH_BITS = 12;
    private static final int HASH_FACTOR = 0x9E37_79B1;
    private static final int NONE = -1;

    /** A match this long is taken without looking further. */
    private static final int LONG_ENOUGH = 512;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int maxCandidates;
    private final short[] newest = new short[1 << HASH_BITS];
    private final short[] older = new short[Pages.SIZE];
    private final short[] lengths = new short[Pages.SIZE];
    private final short[] offsets = new short[Pages.SIZE];

    /**
     * A search.
     *
     * @param maxCandidates most earlier positions to compare with, per position
     */
    Lz4LongestMatches(int maxCandidates) {
        this.maxCandidates = maxCandidates;
    }

    /** Searches at all positions where a match may start. */
    void search(byte[] page) {
        Arrays.fill(newest, (short) NONE);
        for (int at = 0; at <= Lz4Format.MATCH_START_LIMIT; at++) {
            int hash = ((int) INT.get(page, at) * HASH_FACTOR) >>> (Integer.SIZE - HASH_BITS);
            older[at] = newest[hash];
            newest[hash] = (short) at;
            searchAt(page, at);
        }
    }

    /**
     * Length of the longest match at {@code at}, or less than {@code MIN_MATCH} if there is none.
     */
    int length(int at) {
        return lengths[at];
    }

    /** How far before {@code at} its longest match starts. */
    int offset(int at) {
        return offsets[at];
    }

    private void searchAt(byte[] page, int at) {
        int longest = Lz4Format.MIN_MATCH - 1;
        int offset = 0;
        int room = Lz4Format.MATCH_END_LIMIT - at;
        int candidate = older[at];
        for (int i = 0; i < maxCandidates && candidate != NONE; i++) {
            if (page[candidate + longest] == page[at + longest]) {
                int length = commonBytes(page, candidate, at, room);
                if (length > longest) {
                    longest = length;
                    offset = at - candidate;
                    if (length >= Math.min(room, LONG_ENOUGH)) {
                        break;
                    }
                }
            }
            candidate = older[candidate];
        }
        lengths[at] = (short) longest;
        offsets[at] = (short) offset;
    }

    private static int commonBytes(byte[] page, int a, int b, int room) {
        int length = 0;
        while (length + Long.BYTES <= room) {
            long differing = (long) LONG.get(page, a + length) ^ (long) LONG.get(page, b + length);
            if (differing != 0) {
                return length + (Long.numberOfTrailingZeros(differing) >>> 3);
            }
            length += Long.BYTES;
        }
        while (length < room && page[a + length] == page[b + length]) {
            length++;
        }
        return length;
    }
}
