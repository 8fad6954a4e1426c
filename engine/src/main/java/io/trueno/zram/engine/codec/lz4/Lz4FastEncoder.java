package io.trueno.zram.engine.codec.lz4;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.kernel.Bytes;

/**
 * Greedy LZ4 encoder with one hash table. For one thread at a time.
 *
 * <p>The table maps the hash of 5 bytes to where they were last seen, as {@code base + position}.
 * The base grows by a page with every page, so that entries of earlier pages fall below it: the
 * table is never cleared between pages.
 */
final class Lz4FastEncoder {
    private static final int HASH_BITS = 12;
    private static final long PRIME_5_BYTES = 889523592379L;

    private static final int MIN_MATCH = 4;
    private static final int LONG_LENGTH = 15;
    private static final int LAST_LITERALS = 5;

    /** No match starts in a block's last 12 bytes: the format's rule. */
    private static final int MATCH_START_LIMIT = Pages.SIZE - 12;

    private static final int MATCH_END_LIMIT = Pages.SIZE - LAST_LITERALS;

    /** Every {@code 1 << SKIP_SHIFT} misses in a row, the step grows by one. */
    private static final int SKIP_SHIFT = 6;

    private final int acceleration;
    private final int[] table = new int[1 << HASH_BITS];
    private int base = Pages.SIZE;

    Lz4FastEncoder(int acceleration) {
        this.acceleration = acceleration;
    }

    /**
     * Encodes one page.
     *
     * @param page the page from index 0
     * @param packed takes the block, of any length up to {@code Pages.SIZE + 32}
     * @return length of the block
     */
    int encode(byte[] page, byte[] packed) {
        nextGeneration();
        int out = 0;
        int anchor = 0;
        int at = 0;
        int misses = acceleration << SKIP_SHIFT;
        while (at <= MATCH_START_LIMIT) {
            int hash = hash(Bytes.getLong(page, at));
            int candidate = table[hash] - base;
            table[hash] = base + at;
            if (candidate < 0 || Bytes.getInt(page, candidate) != Bytes.getInt(page, at)) {
                at += misses++ >>> SKIP_SHIFT;
                continue;
            }
            while (at > anchor && candidate > 0 && page[at - 1] == page[candidate - 1]) {
                at--;
                candidate--;
            }
            int length = MIN_MATCH + commonBytes(page, at + MIN_MATCH, candidate + MIN_MATCH);
            out = putSequence(page, anchor, at - anchor, at - candidate, length, packed, out);
            at += length;
            anchor = at;
            misses = acceleration << SKIP_SHIFT;
            if (at <= MATCH_START_LIMIT) {
                table[hash(Bytes.getLong(page, at - 2))] = base + at - 2;
            }
        }
        return putLastLiterals(page, anchor, packed, out);
    }

    private void nextGeneration() {
        base += Pages.SIZE;
        if (base > Integer.MAX_VALUE - Pages.SIZE) {
            java.util.Arrays.fill(table, 0);
            base = Pages.SIZE;
        }
    }

    private static int hash(long bytes) {
        return (int) (((bytes << 24) * PRIME_5_BYTES) >>> (Long.SIZE - HASH_BITS));
    }

    /** How many bytes from {@code at} equal those from {@code earlier}, up to where matches end. */
    private static int commonBytes(byte[] page, int at, int earlier) {
        int start = at;
        while (at <= MATCH_END_LIMIT - Long.BYTES) {
            long differing = Bytes.getLong(page, at) ^ Bytes.getLong(page, earlier);
            if (differing != 0) {
                return at - start + (Long.numberOfTrailingZeros(differing) >>> 3);
            }
            at += Long.BYTES;
            earlier += Long.BYTES;
        }
        while (at < MATCH_END_LIMIT && page[at] == page[earlier]) {
            at++;
            earlier++;
        }
        return at - start;
    }

    private static int putSequence(
            byte[] page, int anchor, int literals, int offset, int length, byte[] packed, int out) {
        int token = out++;
        int matchCode = length - MIN_MATCH;
        packed[token] =
                (byte) (Math.min(literals, LONG_LENGTH) << 4 | Math.min(matchCode, LONG_LENGTH));
        if (literals >= LONG_LENGTH) {
            out = putLength(literals - LONG_LENGTH, packed, out);
        }
        Bytes.copyOver(page, anchor, packed, out, literals);
        out += literals;
        Bytes.putShort(packed, out, offset);
        out += Short.BYTES;
        return matchCode >= LONG_LENGTH ? putLength(matchCode - LONG_LENGTH, packed, out) : out;
    }

    private static int putLength(int rest, byte[] packed, int out) {
        while (rest >= 255) {
            packed[out++] = (byte) 255;
            rest -= 255;
        }
        packed[out++] = (byte) rest;
        return out;
    }

    private static int putLastLiterals(byte[] page, int anchor, byte[] packed, int out) {
        int literals = Pages.SIZE - anchor;
        packed[out++] = (byte) (Math.min(literals, LONG_LENGTH) << 4);
        if (literals >= LONG_LENGTH) {
            out = putLength(literals - LONG_LENGTH, packed, out);
        }
        System.arraycopy(page, anchor, packed, out, literals);
        return out + literals;
    }
}
