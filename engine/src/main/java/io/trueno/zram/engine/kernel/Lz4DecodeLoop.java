package io.trueno.zram.engine.kernel;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;

/**
 * The loop of an {@link Lz4Decoder}: decodes the sequences that nearly all blocks are made of, with
 * copies that overshoot, and leaves the others. Reads its tables from the decoder's native block
 * and keeps nothing itself.
 */
public abstract class Lz4DecodeLoop {
    /** Answer of {@link #decodeRun}: the block is decoded. */
    protected static final long DONE = -1;

    /** Where in the native block the packed bytes start. */
    protected static final int PACKED = 0;

    /** Where the page starts: far enough behind that a match may seem to start before it. */
    protected static final int PAGE = 8192;

    /** Where tables may lie. */
    protected static final int TABLES = 16384;

    /** More than the tables of one loop take. */
    protected static final int TABLE_BYTES = 32768;

    /** No sequence starts at or behind this index of the packed bytes, even in a corrupt block. */
    protected static final int PACKED_LIMIT = Pages.SIZE + 1024;

    /** A match ends at most here: a block's last 5 bytes are literals. */
    protected static final int MATCH_END_LIMIT = Pages.SIZE - 5;

    protected static final int MIN_MATCH = 4;

    /** A length field of this value continues in further bytes. */
    protected static final int LONG_LENGTH = 15;

    /** A further length byte of this value continues in the next. */
    protected static final int MORE = 255;

    protected Lz4DecodeLoop() {}

    /** Writes the loop's tables to a new block, which is zero. */
    protected abstract void writeTables(MemorySegment block);

    /**
     * Decodes sequences until the block ends, one has to be left, or there have been enough.
     *
     * @param block address of the native block
     * @param packedLength of the packed bytes in the block
     * @param position of the first sequence, from {@link #position(long, long)}
     * @param most sequences to decode, at least 1
     * @return the position of the next sequence and how many were decoded before it; or {@link
     *     #DONE} if the block's last literals ended both the packed bytes and the page
     * @throws IndexOutOfBoundsException if the block is corrupt
     */
    protected abstract long decodeRun(long block, long packedLength, long position, long most);

    /** A place between two sequences: index in the packed bytes, index in the page. */
    protected static long position(long in, long out) {
        return (in << 16) | out;
    }

    /** The same behind so many sequences of a run. */
    protected static long position(long in, long out, long sequences) {
        return (sequences << 32) | position(in, out);
    }

    /** The index in the packed bytes of a {@link #position}. */
    protected static long in(long position) {
        return (position >>> 16) & 0xFFFF;
    }

    /** The index in the page of a {@link #position}. */
    protected static long out(long position) {
        return position & 0xFFFF;
    }

    /** How many sequences a run decoded before a {@link #position}. */
    protected static long sequences(long position) {
        return position >>> 32;
    }
}
