package io.trueno.zram.engine.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A backing device of memory that fails when it is told to. */
final class MemoryDevice implements BackingDevice {
    private final byte[] bytes = new byte[4 << 20];
    boolean failsToRead;
    boolean failsToWrite;

    void flip(int at) {
        bytes[at] ^= 0x10;
    }

    @Override
    public long sizeBytes() {
        return bytes.length;
    }

    @Override
    public void read(long offset, MemorySegment target) throws IOException {
        if (failsToRead) {
            throw new IOException("no read today");
        }
        target.copyFrom(MemorySegment.ofArray(bytes).asSlice(offset, target.byteSize()));
    }

    @Override
    public void write(long offset, MemorySegment source) throws IOException {
        if (failsToWrite) {
            throw new IOException("no write today");
        }
        MemorySegment.ofArray(bytes).asSlice(offset, source.byteSize()).copyFrom(source);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
