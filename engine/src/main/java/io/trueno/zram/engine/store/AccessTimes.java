package io.trueno.zram.engine.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * When each page was last used, coarsely, and what the background has made of it since: 16 bits a
 * page, off-heap.
 *
 * <pre>
 * 15      idle: marked so, and not used since
 * 14..13  settled: the effort, 1 to 3, with which it was packed as well as it will be; 0 when written;
 *         counts down as a page of a cluster is read again
 * 12..0   tick of the last read or write, modulo 2^13
 * </pre>
 *
 * A tick is eight seconds of the machine's monotonic clock, so that the times outlive the process
 * like the pages do. They wrap after 18 hours: {@link #clamp} keeps older ones at {@link
 * #OLDEST_SECONDS}.
 *
 * <p>Threading: everything here is advice. A word is loaded and stored without a lock, and a use
 * and a mark that meet may lose one of the two: a page may be packed again a little early or late.
 */
final class AccessTimes {
    static final int BYTES_PER_PAGE = 2;

    /** Ages beyond this are not told apart. */
    static final int OLDEST_SECONDS = 12 * 3600;

    private static final int SECONDS_PER_TICK = 8;
    private static final long NANOS_PER_TICK = SECONDS_PER_TICK * 1_000_000_000L;
    private static final int OFTEN_TICKS = 8;
    private static final int READ_ONCE = 2;
    private static final int READ_OFTEN = 1;
    private static final int IDLE = 1 << 15;
    private static final int SETTLED_SHIFT = 13;
    private static final int SETTLED = 3 << SETTLED_SHIFT;
    private static final int TICK_MASK = (1 << SETTLED_SHIFT) - 1;
    private static final int OLDEST_TICKS = OLDEST_SECONDS / SECONDS_PER_TICK;
    private static final VarHandle WORD = ValueLayout.JAVA_SHORT.varHandle();

    private final MemorySegment words;
    private volatile long pages;
    private volatile int now;

    /**
     * @param words two bytes per page; zero for a new device
     */
    AccessTimes(MemorySegment words, long pages) {
        this.words = words;
        this.pages = pages;
        tick();
    }

    /** Changes the number of pages. */
    void pages(long wanted) {
        pages = wanted;
    }

    /** Bytes of index. */
    long bytes() {
        return pages * BYTES_PER_PAGE;
    }

    /** Brings the clock up to date; called every second or so, by one thread. */
    void tick() {
        now = (int) (System.nanoTime() / NANOS_PER_TICK) & TICK_MASK;
    }

    /** Notes that a page is read. */
    void read(long page) {
        int word = get(page);
        int used = (word & SETTLED) | now;
        if (word != used) { // most often it is, and the line stays clean
            set(page, used);
        }
    }

    /**
     * Notes that a page of a cluster is read, for which others are unpacked too: once since it was
     * put there, or again within a minute, which is often.
     */
    void readInCluster(long page) {
        int word = get(page);
        int settled = (word & SETTLED) >>> SETTLED_SHIFT;
        boolean isAgain = settled == READ_ONCE && ageTicks(word) <= OFTEN_TICKS;
        int reads = isAgain || settled == READ_OFTEN ? READ_OFTEN : READ_ONCE;
        int used = reads << SETTLED_SHIFT | now;
        if (word != used) {
            set(page, used);
        }
    }

    /** Whether {@link #readInCluster} has found a page of a cluster to be read often. */
    boolean isReadOften(long page) {
        return settled(page) == READ_OFTEN;
    }

    /** Notes that a page is written. */
    void written(long page) {
        int used = now;
        if (get(page) != used) {
            set(page, used);
        }
    }

    /** Marks a page idle, until it is used. */
    void markIdle(long page) {
        set(page, get(page) | IDLE);
    }

    void clearIdle(long page) {
        set(page, get(page) & ~IDLE);
    }

    boolean isIdle(long page) {
        return (get(page) & IDLE) != 0;
    }

    /** Notes that there is nothing more to gain from a page with an effort, until it is written. */
    void settle(long page, int effort) {
        set(page, (get(page) & ~SETTLED) | effort << SETTLED_SHIFT);
    }

    /** Forgets what was settled, since there is more to gain now. */
    void unsettle(long page) {
        set(page, get(page) & ~SETTLED);
    }

    /** The effort with which a page was settled, 1 to 3; 0 if it was not. */
    int settled(long page) {
        return (get(page) & SETTLED) >>> SETTLED_SHIFT;
    }

    /** Seconds for which a page has certainly not been used, at most {@link #OLDEST_SECONDS}. */
    int ageSeconds(long page) {
        return Math.max(0, ageTicks(get(page)) - 1) * SECONDS_PER_TICK;
    }

    private int ageTicks(int word) {
        return Math.min((now - word) & TICK_MASK, OLDEST_TICKS + 1);
    }

    /** Keeps times from wrapping; called at least every few hours, by one thread. */
    void clamp() {
        int oldest = (now - OLDEST_TICKS - 1) & TICK_MASK;
        for (long page = 0; page < pages; page++) {
            int word = get(page);
            if (ageTicks(word) > OLDEST_TICKS) {
                set(page, (word & ~TICK_MASK) | oldest);
            }
        }
    }

    private int get(long page) {
        return (short) WORD.getOpaque(words, page * BYTES_PER_PAGE) & 0xFFFF;
    }

    private void set(long page, int word) {
        WORD.setOpaque(words, page * BYTES_PER_PAGE, (short) word);
    }
}
