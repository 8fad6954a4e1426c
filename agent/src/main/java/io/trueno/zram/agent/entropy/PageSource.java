package io.trueno.zram.agent.entropy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Pages that can be looked at one by one. */
public interface PageSource extends AutoCloseable {
    /** What it is, as its user named it. */
    String name();

    /** How many pages there are. */
    long pages();

    /**
     * Reads one page.
     *
     * @param index 0 to {@link #pages()} - 1
     * @param page takes it at offset 0
     * @return false if the page is not there any more
     * @throws IOException if it cannot be read for another reason
     */
    boolean read(long index, MemorySegment page) throws IOException;

    @Override
    void close() throws IOException;
}
