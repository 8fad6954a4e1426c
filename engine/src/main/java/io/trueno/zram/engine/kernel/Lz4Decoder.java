package io.trueno.zram.engine.kernel;

import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.DONE;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.LONG_LENGTH;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.MATCH_END_LIMIT;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.MIN_MATCH;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.MORE;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.PACKED;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.PAGE;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.TABLES;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.in;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.out;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.position;
import static io.trueno.zram.engine.kernel.Lz4DecodeLoop.sequences;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Decodes LZ4 blocks of one page. Serves one thread at a time.
 *
 * <p>Decoding goes through a native block of the decoder's own, with the packed bytes, the page and
 * tables at fixed places. A loop decodes the sequences that nearly all blocks are made of; whatever
 * it leaves (very long lengths, everything wrong) is decoded here, one sequence at a time and fully
 * checked. Only a page that decoded is copied out.
 *
 * <p>Wide copies are quickest for most pages. Where a page has very many short matches, each of
 * bytes that were written just before, a load waits for the stores that it takes its bytes from,
 * and the wider they are the longer: so a page that begins like that goes on with narrow copies.
 *
 * @see <a href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md">LZ4 block format</a>
 */
public final class Lz4Decoder {
    /** After so many sequences a page is judged, where there are two loops. */
    private static final int SAMPLE = 64;

    /** A page of shorter sequences, in bytes of the page, is dense. */
    private static final int DENSE = 12;

    /** More sequences than a page has. */
    private static final int ALL = Pages.SIZE;

    private final MemorySegment block =
            Arena.ofAuto().allocate(TABLES + 2 * Lz4DecodeLoop.TABLE_BYTES, 64);
    private final Lz4DecodeLoop loop;
    private final Lz4DecodeLoop denseLoop;
    private final int sample;

    /** A decoder by one loop. */
    Lz4Decoder(Lz4DecodeLoop loop) {
        this(loop, loop, ALL);
    }

    /**
     * A decoder by two loops, whose tables do not overlap.
     *
     * @param loop for most pages
     * @param denseLoop for pages of short sequences
     */
    public Lz4Decoder(Lz4DecodeLoop loop, Lz4DecodeLoop denseLoop) {
        this(loop, denseLoop, SAMPLE);
    }

    private Lz4Decoder(Lz4DecodeLoop loop, Lz4DecodeLoop denseLoop, int sample) {
        this.loop = loop;
        this.denseLoop = denseLoop;
        this.sample = sample;
        loop.writeTables(block);
        denseLoop.writeTables(block);
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
    public void decode(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        MemorySegment.copy(packed, 0, block, JAVA_BYTE, PACKED, packedLength);
        try {
            decodeAll(packedLength);
        } catch (IndexOutOfBoundsException corrupt) {
            refuse(packedLength);
        }
        MemorySegment.copy(block, PAGE, page, pageOffset, Pages.SIZE);
    }

    private void decodeAll(int packedLength) {
        long address = block.address();
        Lz4DecodeLoop further = loop;
        long position = loop.decodeRun(address, packedLength, position(0, 0), sample);
        if (position != DONE && sequences(position) == sample) {
            if (out(position) < (long) DENSE * sample) {
                further = denseLoop;
            }
            position = further.decodeRun(address, packedLength, position, ALL);
        }
        while (position != DONE) {
            position = decodeSequence(packedLength, position);
            if (position != DONE) {
                position = further.decodeRun(address, packedLength, position, ALL);
            }
        }
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
