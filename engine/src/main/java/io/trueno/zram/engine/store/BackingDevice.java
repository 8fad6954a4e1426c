package io.trueno.zram.engine.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** What a {@link Backing} reads and writes: blocks of 4 KiB, aligned native buffers. */
interface BackingDevice extends AutoCloseable {
    /** Size of what is there, in bytes. */
    long sizeBytes() throws IOException;

    void read(long offset, MemorySegment target) throws IOException;

    void write(long offset, MemorySegment source) throws IOException;

    @Override
    void close();
}
