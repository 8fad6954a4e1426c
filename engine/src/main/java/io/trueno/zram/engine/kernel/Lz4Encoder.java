package io.trueno.zram.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Greedy LZ4 encoder for one page. Serves one thread at a time.
 *
 * <p>Works inside a native block of its own: the page, a hash table, the sequences found and the
 * output, at fixed places. First all sequences are searched, then all are written; each as a tight
 * loop of a subclass, which leaves what is rare (matches and literals of hundreds of bytes) to this
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

    /** Where the sequences start: 8 bytes each, see {@link #sequence}. The 8 before are zero. */
    protected static final int SEQUENCES = 16896;

    /** No more sequences fit a page, at {@link #MIN_MATCH} bytes each. */
    protected static final int MAX_SEQUENCES = 1025;

    /** Where the output starts. */
    protected static final int OUTPUT = 26112;

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
        this.acceleration = acceleration;
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
        int length = writeAll(searchAll());
        if (length < Pages.SIZE) {
            MemorySegment.copy(block, JAVA_BYTE, OUTPUT, packed, 0, length);
        }
        return length;
    }

    /** Zeroes the hash table. */
    protected abstract void clearTable(long block);

    /**
     * Searches sequences and appends them, until the page ends or a match is too long.
     *
     * @param block address of the native block
     * @param step bytes to step over after a miss, at first
     * @param state from {@link #state}
     * @return the state after the last sequence; {@link #isOpen} if that one's match goes on
     */
    protected abstract long searchRun(long block, long step, long state);

    /**
     * Writes sequences until {@code state}'s count reaches {@code sequences} or one has to be left.
     *
     * @param state count of sequences written, and in place of the anchor the length of the output
     */
    protected abstract long writeRun(long block, long sequences, long state);

    /**
     * A match from {@code start} to {@code end}; its literals start where the match before ended.
     * All fields take 16 bits.
     */
    protected static long sequence(long start, long end, long offset) {
        return start | (end << 16) | (offset << 32);
    }

    protected static long start(long sequence) {
        return sequence & 0xFFFF;
    }

    protected static long end(long sequence) {
        return (sequence >>> 16) & 0xFFFF;
    }

    protected static long offset(long sequence) {
        return sequence >>> 32;
    }

    /** How far a search or the writing is: sequences, and the place in the page or the output. */
    protected static long state(long count, long place) {
        return count | (place << 48);
    }

    /** A {@link #state} whose last sequence has a match that has to be extended first. */
    protected static long openState(long count, long place) {
        return state(count, place) | (1L << 32);
    }

    protected static boolean isOpen(long state) {
        return (state & (1L << 32)) != 0;
    }

    protected static int count(long state) {
        return (int) state & 0xFFFF;
    }

    protected static long place(long state) {
        return state >>> 48;
    }

    /** Offset in bytes into the table of the slot for the first 6 of {@code bytes}. */
    protected static long slot(long bytes) {
        return Short.BYTES * ((bytes * HASH_FACTOR) >>> (Long.SIZE - HASH_BITS));
    }

    /**
     * After how many literals, 1 or 2, eight bytes are equal at a distance again; else 0.
     *
     * @param at address of the first byte that is not equal
     */
    protected static long repeatGap(long at, long distance) {
        if (RawMemory.getLong(at + 1) == RawMemory.getLong(at + 1 - distance)) {
            return 1;
        }
        return RawMemory.getLong(at + 2) == RawMemory.getLong(at + 2 - distance) ? 2 : 0;
    }

    /** Returns how many sequences there are; the last one ends where a match may. */
    private int searchAll() {
        long state = searchRun(block.address(), acceleration, state(0, 0));
        while (isOpen(state)) {
            long end = extend(count(state) - 1);
            state = searchRun(block.address(), acceleration, state(count(state), end));
        }
        int last = count(state) - 1;
        if (end(sequenceAt(last)) > MATCH_END_LIMIT) {
            endAt(last, MATCH_END_LIMIT);
        }
        return last + 1;
    }

    /** Extends the match of a sequence as far as it goes; returns where it ends. */
    private long extend(int sequence) {
        long open = sequenceAt(sequence);
        long from = PAGE + end(open);
        long limit = PAGE + MATCH_END_LIMIT;
        long equal =
                MemorySegment.mismatch(
                        block, from, limit, block, from - offset(open), limit - offset(open));
        long end = equal < 0 ? MATCH_END_LIMIT : end(open) + equal;
        endAt(sequence, end);
        return end;
    }

    private void endAt(int sequence, long end) {
        long old = sequenceAt(sequence);
        block.set(JAVA_LONG, SEQUENCES + 8L * sequence, sequence(start(old), end, offset(old)));
    }

    private long sequenceAt(int sequence) {
        return block.get(JAVA_LONG, SEQUENCES + 8L * sequence);
    }

    private int writeAll(int sequences) {
        int written = 0;
        int out = 0;
        while (true) {
            long state = writeRun(block.address(), sequences, state(written, out));
            written = count(state);
            out = (int) place(state);
            int anchor = (int) end(sequenceAt(written - 1));
            if (written == sequences) {
                return writeSequence(anchor, sequence(Pages.SIZE, Pages.SIZE + MIN_MATCH, 0), out);
            }
            out = writeSequence(anchor, sequenceAt(written), out);
            written++;
        }
    }

    /** Writes one sequence of any lengths, every access checked; no match if its offset is 0. */
    private int writeSequence(int anchor, long sequence, int out) {
        int literals = (int) start(sequence) - anchor;
        int matchCode = (int) (end(sequence) - start(sequence)) - MIN_MATCH;
        int token = (Math.min(literals, LONG_LENGTH) << 4) | Math.min(matchCode, LONG_LENGTH);
        putByte(out++, token);
        if (literals >= LONG_LENGTH) {
            out = writeLength(literals - LONG_LENGTH, out);
        }
        MemorySegment.copy(block, PAGE + anchor, block, OUTPUT + out, literals);
        out += literals;
        if (offset(sequence) == 0) {
            return out;
        }
        block.set(JAVA_SHORT_UNALIGNED, OUTPUT + out, (short) offset(sequence));
        out += Short.BYTES;
        return matchCode >= LONG_LENGTH ? writeLength(matchCode - LONG_LENGTH, out) : out;
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
