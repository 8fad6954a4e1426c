package io.trueno.zram.engine.memory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A file or block device that is read and written past the page cache where its file system allows
 * that ({@code O_DIRECT}), locked against other users. Offsets and lengths are multiples of {@link
 * #BLOCK}, buffers are native and aligned to it.
 *
 * <p>Any thread may use it; one that is interrupted goes on. Each call is a system call or more.
 */
public final class DirectFile implements AutoCloseable {
    /** Unit of reading and writing in bytes. */
    public static final int BLOCK = 4096;

    private final int fd;
    private final Path path;

    private DirectFile(int fd, Path path) {
        this.fd = fd;
        this.path = path;
    }

    /**
     * Opens a file, or makes one that only its owner may use.
     *
     * @throws IOException if it cannot be opened, or somebody else uses it
     */
    public static DirectFile open(Path path) throws IOException {
        int fd;
        try {
            fd = LinuxMemory.openDirect(path.toString());
        } catch (MemoryFailure e) {
            throw new IOException("cannot open " + path + ": " + e.getMessage(), e);
        }
        if (!LinuxMemory.lock(fd)) {
            LinuxMemory.close(fd);
            throw new IOException("another device uses " + path);
        }
        return new DirectFile(fd, path);
    }

    /** Its size in bytes; of a regular file what was written so far. */
    public long sizeBytes() throws IOException {
        try {
            return LinuxMemory.size(fd);
        } catch (MemoryFailure e) {
            throw new IOException("size of " + path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads all of {@code target}.
     *
     * @throws IOException if it cannot be read, or ends before
     */
    public void read(long offset, MemorySegment target) throws IOException {
        transfer("pread", offset, target, LinuxMemory::pread);
    }

    /**
     * Writes all of {@code source}.
     *
     * @throws IOException if it cannot be written; what was there before may be lost
     */
    public void write(long offset, MemorySegment source) throws IOException {
        transfer("pwrite", offset, source, LinuxMemory::pwrite);
    }

    private interface Call {
        long transfer(int fd, MemorySegment buffer, long offset);
    }

    private void transfer(String name, long offset, MemorySegment buffer, Call call)
            throws IOException {
        long done = 0;
        while (done < buffer.byteSize()) {
            long moved;
            try {
                MemorySegment left = done == 0 ? buffer : buffer.asSlice(done);
                moved = call.transfer(fd, left, offset + done);
            } catch (MemoryFailure e) {
                throw new IOException(name + " of " + path + ": " + e.getMessage(), e);
            }
            if (moved == 0) {
                throw new IOException(name + " of " + path + ": it ends at " + (offset + done));
            }
            done += moved;
        }
    }

    @Override
    public void close() {
        LinuxMemory.close(fd);
    }
}
