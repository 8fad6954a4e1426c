package io.trueno.zram.engine.kernel;

import io.trueno.zram.engine.Pages;

/**
 * The loop of an {@link Lz4Encoder}: finds and writes the sequences that nearly all pages are made
 * of, and leaves the others. Works in the encoder's native block and keeps nothing itself.
 */
public abstract class Lz4EncodeLoop {
    /** Where in the native block the page starts. */
    protected static final int PAGE = 1024;

    protected static final int HASH_BITS = 12;

    /** Where the hash table starts: 2 bytes per slot. */
    protected static final int TABLE = 8192;

    protected static final int TABLE_BYTES = Short.BYTES << HASH_BITS;

    /** Where the output starts. */
    protected static final int OUTPUT = 16896;

    /** More than any page's output. */
    protected static final int OUTPUT_LIMIT = Pages.SIZE + 64;

    /** No match starts in a block's last 12 bytes: the format's rule. */
    protected static final int MATCH_START_LIMIT = Pages.SIZE - 12;

    /** A search probes three positions from one below this. */
    protected static final int SEARCH_LIMIT = MATCH_START_LIMIT - 1;

    /** A block's last 5 bytes are literals. */
    protected static final int MATCH_END_LIMIT = Pages.SIZE - 5;

    protected static final int MIN_MATCH = 4;

    /** How many literals may lie between a match and one at the same distance behind it. */
    protected static final int REPEAT_GAP = 2;

    /** This far behind a match, a run ends and the search goes on in longer steps. */
    protected static final int FAR = 256;

    /** After so many sequences, or a few more, a run ends if there is another loop to choose. */
    protected static final int ENOUGH = 64;

    /** A length field of this value continues in further bytes. */
    protected static final int LONG_LENGTH = 15;

    /** A further length byte of this value continues in the next. */
    protected static final int MORE = 255;

    /** Mixes 6 bytes into the product's upper bits. */
    private static final long HASH_FACTOR = 0x9E37_79B1_85EB_CA87L << 16;

    protected Lz4EncodeLoop() {}

    /**
     * Zeroes the hash table.
     *
     * @param block address of the native block
     */
    protected void clearTable(long block) {
        long table = RawMemory.address(block) + TABLE;
        for (int i = 0; i < TABLE_BYTES; i += Long.BYTES) {
            RawMemory.putLong(table + i, 0);
        }
    }

    /**
     * Searches sequences and writes them, until there are {@link #ENOUGH}, or one has to be left,
     * or the page's end or {@link #FAR} bytes behind the last one are reached.
     *
     * @param block address of the native block
     * @param step bytes to step over after a miss
     * @param state from {@link #state}, or after a run of enough sequences
     * @return the state after the last sequence written, by {@link #leftState} or {@link #farState}
     */
    protected abstract long encodeRun(long block, long step, long state);

    /**
     * How far a run is. All fields of a state take 16 bits.
     *
     * @param anchor where in the page the last match ended
     * @param written bytes of output
     */
    protected static long state(long anchor, long written) {
        return anchor | (written << 16);
    }

    /** A {@link #state} and the sequence to be written next, whose match may be longer. */
    protected static long leftState(long anchor, long written, long start, long offset) {
        return state(anchor, written) | (start << 32) | (offset << 48);
    }

    /** A {@link #state}, and where in the page to search on: the anchor, if there were enough. */
    protected static long farState(long anchor, long written, long at) {
        return leftState(anchor, written, at, 0);
    }

    protected static long anchor(long state) {
        return state & 0xFFFF;
    }

    protected static long written(long state) {
        return (state >>> 16) & 0xFFFF;
    }

    /** Where the sequence that was left starts, or where to search on. */
    static long start(long state) {
        return (state >>> 32) & 0xFFFF;
    }

    /** Of the sequence that was left; 0 if none was. */
    static long offset(long state) {
        return state >>> 48;
    }

    /** A sequence's token, and above it the further length byte of its literals, if it has one. */
    protected static long token(long literals, long matchCode) {
        return (Math.min(literals, LONG_LENGTH) << 4)
                | Math.min(matchCode, LONG_LENGTH)
                | ((literals - LONG_LENGTH) << Byte.SIZE);
    }

    /** 1 if a length needs a further byte, else 0. */
    protected static long furtherBytes(long length) {
        return (LONG_LENGTH - 1 - length) >>> 63;
    }

    /** A match's offset, and behind it the further length byte, which counts only if it is one. */
    protected static int offsetAndLength(long offset, long matchCode) {
        return (int) (offset | ((matchCode - LONG_LENGTH) << 16));
    }

    /** Offset in bytes into the table of the slot for the first 6 of {@code bytes}. */
    protected static long slot(long bytes) {
        return Short.BYTES * ((bytes * HASH_FACTOR) >>> (Long.SIZE - HASH_BITS));
    }

    /**
     * After how many literals, 1 or 2, eight bytes are equal at a distance again: as bit 1 or 2,
     * the other one may be set, too.
     *
     * @param at address of the first byte that is not equal
     */
    protected static long repeatPlaces(long at, long distance) {
        if (RawMemory.getLong(at + 1) == RawMemory.getLong(at + 1 - distance)) {
            return 1 << 1;
        }
        return RawMemory.getLong(at + 2) == RawMemory.getLong(at + 2 - distance) ? 1 << 2 : 0;
    }
}
