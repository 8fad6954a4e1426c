package io.trueno.zram.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Decodes LZ4 blocks of one page. Serves one thread at a time.
 *
 * <p>Decoding goes through a native block of the decoder's own, with the packed bytes, the page and
 * tables at fixed places. A subclass decodes the sequences that nearly all blocks are made of, with
 * copies of whole vectors that overshoot; whatever it declines (very long lengths, everything
 * wrong) is decoded here, one sequence at a time and fully checked. Only a page that decoded is
 * copied out.
 *
 * @see <a href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md">LZ4 block format</a>
 */
public abstract class Lz4Decoder {
    /** Answer of {@link #decodeRun}: the block is decoded. */
    protected static final long DONE = -1;

    /** Where in the native block the packed bytes start. */
    protected static final int PACKED = 0;

    /** Where the page starts: far enough behind that a match may seem to start before it. */
    protected static final int PAGE = 8192;

    /** Where a subclass may keep tables. */
    protected static final int TABLES = 16384;

    /** No sequence starts at or behind this index of the packed bytes, even in a corrupt block. */
    protected static final int PACKED_LIMIT = Pages.SIZE + 1024;

    /** A match ends at most here: a block's last 5 bytes are literals. */
    protected static final int MATCH_END_LIMIT = Pages.SIZE - 5;

    protected static final int MIN_MATCH = 4;

    /** A length field of this value continues in further bytes. */
    protected static final int LONG_LENGTH = 15;

    /** A further length byte of this value continues in the next. */
    protected static final int MORE = 255;

    private static final int MAX_TABLE_BYTES = 32768;

    private final MemorySegment block = Arena.ofAuto().allocate(TABLES + MAX_TABLE_BYTES, 64);

    protected Lz4Decoder() {}

    /** The native block's part for tables; zero at first. */
    protected final MemorySegment tables() {
        return block.asSlice(TABLES);
    }

    /**
     * Decodes one block to exactly one page.
     *
     * @param packed holds the block from index 0
     * @param packedLength 0 to {@code Pages.SIZE}
     * @param page takes the page at {@code pageOffset}; untouched if the block is corrupt
     * @throws CorruptPageException if the block is not valid, or gives less or more than a page
     * @throws IndexOutOfBoundsException if the block does not lie in {@code packed}, or the page
     *     not in its segment
     */
    public final void decode(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        MemorySegment.copy(packed, 0, block, JAVA_BYTE, PACKED, packedLength);
        long position = position(0, 0);
        try {
            while (position != DONE) {
                position = decodeRun(block.address(), packedLength, position);
                if (position != DONE) {
                    position = decodeSequence(packedLength, position);
                }
            }
        } catch (IndexOutOfBoundsException corrupt) {
            refuse(packedLength);
        }
        MemorySegment.copy(block, PAGE, page, pageOffset, Pages.SIZE);
    }

    /**
     * Decodes sequences until the block ends or one has to be left to {@link #decodeSequence}.
     *
     * @param block address of the native block
     * @param packedLength of the packed bytes in the block
     * @param position of the first sequence, from {@link #position(long, long)}
     * @return the position of a sequence that was left; or {@link #DONE} if the block's last
     *     literals ended both the packed bytes and the page
     * @throws IndexOutOfBoundsException if the block is corrupt
     */
    protected abstract long decodeRun(long block, long packedLength, long position);

    /** A place between two sequences: index in the packed bytes, index in the page. */
    protected static long position(long in, long out) {
        return (in << Integer.SIZE) | out;
    }

    /** The index in the packed bytes of a {@link #position}. */
    protected static long in(long position) {
        return position >>> Integer.SIZE;
    }

    /** The index in the page of a {@link #position}. */
    protected static long out(long position) {
        return position & 0xFFFF_FFFFL;
    }

    /** Decodes a block that is known to be corrupt, sequence by sequence, to say where and why. */
    private void refuse(int packedLength) {
        long position = position(0, 0);
        while (position != DONE) {
            position = decodeSequence(packedLength, position);
        }
        throw new IllegalStateException("a valid block was refused: packedLength=" + packedLength);
    }

    /** Decodes one sequence, every access checked; returns the next one's position or DONE. */
    private long decodeSequence(int packedLength, long position) {
        int in = (int) in(position);
        int out = (int) out(position);
        if (in >= packedLength) {
            throw new CorruptPageException(packedLength, "block ends before its last literals");
        }
        int token = packedByte(in++);

        int literals = token >>> 4;
        if (literals == LONG_LENGTH) {
            int more;
            do {
                more = in < packedLength ? packedByte(in) : 0;
                in++;
                literals += more;
            } while (more == MORE);
        }
        if (literals > Pages.SIZE - out || literals > packedLength - in) {
            throw new CorruptPageException(in, "literals leave the block or the page");
        }
        MemorySegment.copy(block, PACKED + in, block, PAGE + out, literals);
        in += literals;
        out += literals;
        if (in == packedLength) {
            if (out != Pages.SIZE) {
                throw new CorruptPageException(in, "block ends before the page does");
            }
            return DONE;
        }

        int offset = packedByte(in) | (packedByte(in + 1) << Byte.SIZE);
        in += Short.BYTES;
        int length = (token & LONG_LENGTH) + MIN_MATCH;
        if (length == LONG_LENGTH + MIN_MATCH) {
            int more;
            do {
                more = in < packedLength ? packedByte(in) : 0;
                in++;
                length += more;
            } while (more == MORE);
        }
        if (offset == 0 || offset > out) {
            throw new CorruptPageException(in, "match starts outside the page");
        }
        if (length > MATCH_END_LIMIT - out) {
            throw new CorruptPageException(in, "match leaves no room for the last literals");
        }
        copyMatch(PAGE + out, offset, length);
        return position(in, out + length);
    }

    /** The copied bytes extend the pattern, so each copy can be twice as long as the one before. */
    private void copyMatch(int to, int offset, int length) {
        int from = to - offset;
        int done = 0;
        while (done < length) {
            int piece = Math.min(offset + done, length - done);
            MemorySegment.copy(block, from, block, to + done, piece);
            done += piece;
        }
    }

    private int packedByte(int at) {
        return block.get(JAVA_BYTE, PACKED + at) & 0xFF;
    }
}
