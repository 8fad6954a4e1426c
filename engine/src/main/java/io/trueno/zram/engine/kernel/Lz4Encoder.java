package io.trueno.zram.engine.kernel;

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
 * places. A subclass searches and writes in one tight loop, so that the writing takes place while
 * the search waits; it leaves what is rare (matches and literals of hundreds of bytes) to this
 * class, one sequence at a time and fully checked.
 *
 * <p>The table maps the hash of 6 bytes to where they were last seen. It holds bare positions and
 * is zero at first: position 0 is then a candidate like any other, to be compared, so that neither
 * empty slots nor the page's start need a test. The search starts at position 1.
 *
 * <p>Where a page stops being equal to what lies some distance before it, it is often only for one
 * changed field, so the same distance is tried again up to {@value #REPEAT_GAP} bytes on, before
 * the table.
 *
 * @see <a href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md">LZ4 block format</a>
 */
public abstract class Lz4Encoder {
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

    /** A step is the distance from the last match, shifted by this. */
    private static final int FAR_SHIFT = 6;

    /** A length field of this value continues in further bytes. */
    protected static final int LONG_LENGTH = 15;

    /** A further length byte of this value continues in the next. */
    protected static final int MORE = 255;

    /**
     * A slot may hold any 2 bytes as far as the compiler knows, so a candidate has this much room.
     */
    private static final int BLOCK_BYTES = 131072;

    /** Mixes 6 bytes into the product's upper bits. */
    private static final long HASH_FACTOR = 0x9E37_79B1_85EB_CA87L << 16;

    private final MemorySegment block = Arena.ofAuto().allocate(BLOCK_BYTES, 64);
    private final long acceleration;

    /**
     * For subclasses.
     *
     * @param acceleration bytes to step over after a miss, 1 for the best ratio
     */
    protected Lz4Encoder(int acceleration) {
        this.acceleration = Math.min(acceleration, Pages.SIZE);
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
    public final int encode(MemorySegment page, long pageOffset, byte[] packed) {
        MemorySegment.copy(page, pageOffset, block, PAGE, Pages.SIZE);
        clearTable(block.address());
        int length = encodeAll();
        if (length < Pages.SIZE) {
            MemorySegment.copy(block, JAVA_BYTE, OUTPUT, packed, 0, length);
        }
        return length;
    }

    /** Zeroes the hash table. */
    protected abstract void clearTable(long block);

    /**
     * Searches sequences and writes them, until one has to be left, or the page's end or {@link
     * #FAR} bytes behind the last one are reached.
     *
     * @param block address of the native block
     * @param step bytes to step over after a miss
     * @param state from {@link #state}
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

    /** A {@link #state}, and where in the page to search on. */
    protected static long farState(long anchor, long written, long at) {
        return leftState(anchor, written, at, 0);
    }

    protected static long anchor(long state) {
        return state & 0xFFFF;
    }

    protected static long written(long state) {
        return (state >>> 16) & 0xFFFF;
    }

    private static long start(long state) {
        return (state >>> 32) & 0xFFFF;
    }

    private static long offset(long state) {
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

    private int encodeAll() {
        long state = encodeRun(block.address(), acceleration, state(0, 0));
        while (true) {
            if (offset(state) == 0) {
                state = searchFar(block.address(), state);
            }
            if (offset(state) == 0) {
                return writeLiterals((int) written(state), anchor(state), Pages.SIZE, 0);
            }
            long start = start(state);
            long end = matchEnd(start, offset(state));
            int written =
                    writeSequence(
                            (int) written(state), anchor(state), start, end, (int) offset(state));
            state = encodeRun(block.address(), acceleration, state(end, written));
        }
    }

    /**
     * Searches on in steps that grow: where nothing has matched for long, hardly anything will, and
     * a page that does not shrink is not to take longer than others.
     *
     * @param state from {@link #farState}
     * @return the same if there is no further match, else one by {@link #leftState}
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
