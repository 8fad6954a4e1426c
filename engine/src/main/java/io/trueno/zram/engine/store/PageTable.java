package io.trueno.zram.engine.store;

import io.trueno.zram.engine.memory.SharedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One 64-bit {@link PageEntry} per page, off-heap. The entry is the only truth about a page: who
 * replaces it owns what it pointed to, and replaces it exactly once, by exchange or by
 * compare-and-set.
 *
 * <p>Memory order: publishing an entry releases the slot bytes written before; loading it acquires
 * them.
 */
final class PageTable implements AutoCloseable {
    private static final VarHandle ENTRY = ValueLayout.JAVA_LONG.varHandle();

    private final SharedMemory memory;
    private final MemorySegment entries;
    private final long pages;

    PageTable(String name, long pages) {
        this.pages = pages;
        memory = SharedMemory.anonymous(name, bytes());
        entries = memory.segment();
    }

    long pages() {
        return pages;
    }

    /** Bytes of index. */
    long bytes() {
        return Math.max(1, pages) * Long.BYTES;
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

    @Override
    public void close() {
        memory.close();
    }
}
