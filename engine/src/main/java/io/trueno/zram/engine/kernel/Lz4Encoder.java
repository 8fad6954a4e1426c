package io.trueno.zram.engine.kernel;

import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.ENOUGH;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.LONG_LENGTH;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.MATCH_END_LIMIT;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.MIN_MATCH;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.MORE;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.OUTPUT;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.PAGE;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.SEARCH_LIMIT;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.TABLE;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.anchor;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.leftState;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.offset;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.slot;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.start;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.state;
import static io.trueno.zram.engine.kernel.Lz4EncodeLoop.written;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Greedy LZ4 encoder for one page. Serves one thread at a time.
 *
 * <p>Works inside a native block of its own: the page, a hash table and the output, at fixed
 * places. A tight loop searches and writes, so that the writing takes place while the search waits;
 * it leaves what is rare (matches and literals of hundreds of bytes) to this class, one sequence at
 * a time and fully checked.
 *
 * <p>The table maps the hash of 6 bytes to where they were last seen. It holds bare positions and
 * is zero at first: position 0 is then a candidate like any other, to be compared, so that neither
 * empty slots nor the page's start need a test. The search starts at position 1.
 *
 * <p>Where a page stops being equal to what lies some distance before it, it is often only for one
 * changed field, so the same distance is tried again up to {@value Lz4EncodeLoop#REPEAT_GAP} bytes
 * on, before the table.
 *
 * <p>What a search waits for longest is the length of a match, since the next search begins behind
 * it. The usual loop compares whole vectors, which takes the same time for any length. Where the
 * last {@value Lz4EncodeLoop#ENOUGH} sequences were dense, the rest of the page goes to a loop that
 * is quicker for short ones.
 *
 * @see <a href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md">LZ4 block format</a>
 */
public final class Lz4Encoder {
    /** Sequences that take fewer bytes of the page than this, each, are dense. */
    private static final int DENSE = 12;

    /** A step is the distance from the last match, shifted by this. */
    private static final int FAR_SHIFT = 6;

    /**
     * A slot may hold any 2 bytes as far as the compiler knows, so a candidate has this much room.
     */
    private static final int BLOCK_BYTES = 131072;

    private final MemorySegment block = Arena.ofAuto().allocate(BLOCK_BYTES, 64);
    private final Lz4EncodeLoop loop;
    private final Lz4EncodeLoop denseLoop;
    private final long acceleration;

    /** An encoder by one loop. */
    Lz4Encoder(int acceleration, Lz4EncodeLoop loop) {
        this(acceleration, loop, loop);
    }

    /**
     * An encoder by two loops.
     *
     * @param acceleration bytes to step over after a miss, 1 for the best ratio
     * @param loop for most pages
     * @param denseLoop where sequences are dense
     */
    public Lz4Encoder(int acceleration, Lz4EncodeLoop loop, Lz4EncodeLoop denseLoop) {
        this.acceleration = Math.min(acceleration, Pages.SIZE);
        this.loop = loop;
        this.denseLoop = denseLoop;
    }

    /**
     * Encodes one page.
     *
     * @param page holds the page at {@code pageOffset}
     * @param packed takes the block from index 0 if it is shorter than a page
     * @return length of the block; not less than {@code Pages.SIZE} if the page did not shrink
     * @throws IndexOutOfBoundsException if the page does not lie in its segment, or the block not
     *     in {@code packed}
     */
    public int encode(MemorySegment page, long pageOffset, byte[] packed) {
        MemorySegment.copy(page, pageOffset, block, PAGE, Pages.SIZE);
        loop.clearTable(block.address());
        int length = encodeAll();
        if (length < Pages.SIZE) {
            MemorySegment.copy(block, JAVA_BYTE, OUTPUT, packed, 0, length);
        }
        return length;
    }

    private int encodeAll() {
        long address = block.address();
        Lz4EncodeLoop chosen = loop;
        long state = state(0, 0);
        while (true) {
            long from = anchor(state);
            state = chosen.encodeRun(address, acceleration, state);
            if (offset(state) == 0) {
                if (start(state) == anchor(state) && start(state) < SEARCH_LIMIT) {
                    boolean isDense = anchor(state) - from < DENSE * ENOUGH;
                    chosen = isDense ? denseLoop : loop;
                    continue;
                }
                state = searchFar(address, state);
            }
            if (offset(state) == 0) {
                return writeLiterals((int) written(state), anchor(state), Pages.SIZE, 0);
            }
            state = writeLeft(state);
        }
    }

    /** Writes the sequence that was left; returns the state after it. */
    private long writeLeft(long state) {
        long start = start(state);
        long end = matchEnd(start, offset(state));
        int written =
                writeSequence((int) written(state), anchor(state), start, end, (int) offset(state));
        return state(end, written);
    }

    /**
     * Searches on in steps that grow: where nothing has matched for long, hardly anything will, and
     * a page that does not shrink is not to take longer than others.
     *
     * @param state from {@link Lz4EncodeLoop#farState}
     * @return the same if there is no further match, else one by {@link Lz4EncodeLoop#leftState}
     */
    private static long searchFar(long block, long state) {
        long base = RawMemory.address(block);
        long anchor = anchor(state);
        long at = start(state);
        while (at < SEARCH_LIMIT) {
            long start = Objects.checkIndex(at, (long) SEARCH_LIMIT);
            long bytes = RawMemory.getLong(base + PAGE + start);
            long slot = base + TABLE + slot(bytes);
            long candidate = RawMemory.getShort(slot);
            RawMemory.putShort(slot, start);
            if (RawMemory.getInt(base + PAGE + candidate) == (int) bytes) {
                return leftState(anchor, written(state), start, start - candidate);
            }
            at = start + ((start - anchor) >> FAR_SHIFT);
        }
        return state;
    }

    /** Where a match ends that starts at {@code start}. */
    private long matchEnd(long start, long offset) {
        long from = PAGE + start;
        long limit = PAGE + MATCH_END_LIMIT;
        long equal =
                MemorySegment.mismatch(block, from, limit, block, from - offset, limit - offset);
        return equal < 0 ? MATCH_END_LIMIT : start + equal;
    }

    /**
     * Writes one sequence of any lengths, every access checked; returns the output's new length.
     */
    private int writeSequence(int out, long anchor, long start, long end, int offset) {
        int matchCode = (int) (end - start) - MIN_MATCH;
        out = writeLiterals(out, anchor, start, Math.min(matchCode, LONG_LENGTH));
        block.set(JAVA_SHORT_UNALIGNED, OUTPUT + out, (short) offset);
        out += Short.BYTES;
        return matchCode >= LONG_LENGTH ? writeLength(matchCode - LONG_LENGTH, out) : out;
    }

    private int writeLiterals(int out, long anchor, long start, int matchField) {
        int literals = (int) (start - anchor);
        putByte(out++, (Math.min(literals, LONG_LENGTH) << 4) | matchField);
        if (literals >= LONG_LENGTH) {
            out = writeLength(literals - LONG_LENGTH, out);
        }
        MemorySegment.copy(block, PAGE + anchor, block, OUTPUT + out, literals);
        return out + literals;
    }

    private int writeLength(int rest, int out) {
        while (rest >= MORE) {
            putByte(out++, MORE);
            rest -= MORE;
        }
        putByte(out++, rest);
        return out;
    }

    private void putByte(int out, int value) {
        block.set(JAVA_BYTE, OUTPUT + out, (byte) value);
    }
}
