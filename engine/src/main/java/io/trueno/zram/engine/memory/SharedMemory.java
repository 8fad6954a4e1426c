package io.trueno.zram.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A sparse memory file, mapped shared as a whole. Memory is taken when a page of it is first
 * written and given back by {@link #punch}; the mapping itself costs address space only.
 *
 * <p>Any thread may access the segment. The owner closes it once nobody does: an access after
 * {@link #close} is an {@link IllegalStateException}.
 */
public final class SharedMemory implements AutoCloseable {
    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    @SuppressWarnings("restricted") // the length is what was mapped
    private SharedMemory(int fd, long bytes) {
        this.fd = fd;
        LinuxMemory.ftruncate(fd, bytes);
        segment =
                MemorySegment.ofAddress(LinuxMemory.mmapShared(fd, bytes))
                        .reinterpret(bytes, arena, LinuxMemory::munmap);
    }

    /**
     * An anonymous memory file ({@code memfd_create(2)}).
     *
     * @param name shown in {@code /proc/PID/maps}
     * @param bytes its size, at least 1
     * @throws MemoryFailure if the kernel refuses
     */
    public static SharedMemory anonymous(String name, long bytes) {
        int fd = LinuxMemory.memfdCreate(name);
        try {
            return new SharedMemory(fd, bytes);
        } catch (MemoryFailure e) {
            LinuxMemory.close(fd);
            throw e;
        }
    }

    /** The whole file; zero where nothing was written. */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Gives the memory of a range back to the system; it reads as zeros afterwards.
     *
     * @param offset in bytes, a multiple of 4096
     * @param bytes a multiple of 4096
     */
    public void punch(long offset, long bytes) {
        LinuxMemory.fallocate(
                fd,
                LinuxMemory.FALLOC_FL_PUNCH_HOLE | LinuxMemory.FALLOC_FL_KEEP_SIZE,
                offset,
                bytes);
    }

    @Override
    public void close() {
        arena.close();
        LinuxMemory.close(fd);
    }
}
