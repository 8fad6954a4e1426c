package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One 64-bit {@link PageEntry} per page, off-heap. The entry is the only truth about a page: who
 * replaces it owns what it pointed to, and replaces it exactly once, by exchange or by
 * compare-and-set.
 *
 * <p>Memory order: publishing an entry releases the slot bytes written before; loading it acquires
 * them. A process that is killed leaves, in a file that outlives it, every entry either old or new
 * and the slot of each whole, since one processor's stores reach memory in the order of the program
 * and the kernel does not lose what a dead process stored.
 */
final class PageTable {
    private static final VarHandle ENTRY = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment entries;
    private volatile long pages;

    /**
     * @param entries zero for a new device, at least eight bytes per page there may ever be
     */
    PageTable(MemorySegment entries, long deviceBytes) {
        this.entries = entries;
        pages = Pages.count(deviceBytes);
    }

    /** Changes the number of pages; those that come in were never written, or were discarded. */
    void pages(long wanted) {
        pages = wanted;
    }

    long pages() {
        return pages;
    }

    /** Bytes of index. */
    long bytes() {
        return pages * Long.BYTES;
    }

    long get(long page) {
        return (long) ENTRY.getVolatile(entries, page * Long.BYTES);
    }

    /** Publishes an entry and hands the one that it replaces to the caller. */
    long exchange(long page, long entry) {
        return (long) ENTRY.getAndSet(entries, page * Long.BYTES, entry);
    }

    boolean compareAndSet(long page, long expected, long entry) {
        return ENTRY.compareAndSet(entries, page * Long.BYTES, expected, entry);
    }
}
