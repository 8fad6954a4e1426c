package io.trueno.zram.engine.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A sparse memory file, mapped shared as a whole. Memory is taken when a page of it is first
 * written and given back by {@link #punch}; the mapping itself costs address space only. What is
 * written survives the death of the process for as long as the file does.
 *
 * <p>Any thread may access the segment. The owner closes it once nobody does: an access after
 * {@link #close} is an {@link IllegalStateException}.
 */
public final class SharedMemory implements AutoCloseable {
    private static final int SYSTEM_PAGE = 4096;
    private static final VarHandle TOUCHED = ValueLayout.JAVA_INT.varHandle();

    private final int fd;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private volatile boolean locked;

    private SharedMemory(int fd, FileChannel channel, long bytes) throws IOException {
        this.fd = fd;
        this.channel = channel;
        segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    }

    /**
     * An anonymous memory file ({@code memfd_create(2)}), gone with the process.
     *
     * @param name shown in {@code /proc/PID/maps}
     * @param bytes its size, at least 1
     * @throws MemoryFailure if the kernel refuses
     */
    public static SharedMemory anonymous(String name, long bytes) throws IOException {
        int fd = LinuxMemory.memfdCreate(name);
        return map(fd, channel(fd), bytes);
    }

    /**
     * A new file, readable by its owner only and locked against other processes.
     *
     * @param file on a memory file system that can punch holes, such as tmpfs; must not exist
     * @param bytes its size, at least 1
     * @throws IOException if it exists or cannot be made
     */
    public static SharedMemory create(Path file, long bytes) throws IOException {
        int fd = openLocked(file, true);
        return map(fd, channel(fd), bytes);
    }

    /**
     * An existing file, locked against other processes, mapped at the size that it has.
     *
     * @throws IOException if it is not a regular file, is empty, cannot be opened, or another
     *     process has it open
     */
    public static SharedMemory open(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("not a regular file: " + file);
        }
        int fd = openLocked(file, false);
        FileChannel channel = channel(fd);
        long bytes = channel.size();
        if (bytes == 0) {
            close(fd, channel);
            throw new IOException("the file is empty: " + file);
        }
        return map(fd, channel, bytes);
    }

    private static int openLocked(Path file, boolean create) throws IOException {
        int fd;
        try {
            fd = LinuxMemory.open(file.toString(), create);
        } catch (MemoryFailure e) {
            throw new IOException("cannot open " + file + ": " + e.getMessage(), e);
        }
        if (!LinuxMemory.lock(fd)) {
            LinuxMemory.close(fd);
            throw new IOException("another process has the file open: " + file);
        }
        return fd;
    }

    /** A channel over an open file; the descriptor is closed if there is none. */
    private static FileChannel channel(int fd) throws IOException {
        try {
            return FileChannel.open(
                    Path.of("/proc/self/fd/" + fd),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException | RuntimeException e) {
            LinuxMemory.close(fd);
            throw e;
        }
    }

    private static SharedMemory map(int fd, FileChannel channel, long bytes) throws IOException {
        try {
            return new SharedMemory(fd, channel, bytes);
        } catch (IOException | RuntimeException e) {
            close(fd, channel);
            throw e;
        }
    }

    private static void close(int fd, FileChannel channel) throws IOException {
        try {
            channel.close();
        } finally {
            LinuxMemory.close(fd);
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
     * @throws MemoryFailure if the file system cannot punch holes
     */
    public void punch(long offset, long bytes) {
        LinuxMemory.punch(fd, offset, bytes);
    }

    /**
     * Where memory is held that was taken and not given back.
     *
     * @param offset in bytes, from which on is looked
     * @return in bytes, at most a page before it; -1 if there is none
     */
    public long nextTaken(long offset) {
        return LinuxMemory.nextData(fd, offset);
    }

    /**
     * Takes the memory of a range and maps it, so that accesses to it do not fault. What the range
     * holds stays as it is.
     *
     * <p>It is taken first and mapped then: a thread that looks for memory while it maps holds a
     * lock of the whole process, and whoever needs another mapping would wait with it.
     *
     * @param offset in bytes, a multiple of 4096
     * @param bytes a multiple of 4096
     * @throws MemoryFailure if there is no memory, in the machine or in the file system
     */
    public void populate(long offset, long bytes) {
        MemorySegment range = segment.asSlice(offset, bytes);
        take(offset, bytes);
        try {
            LinuxMemory.populate(range);
        } catch (MemoryFailure e) {
            if (e.errno() != LinuxMemory.EINVAL) {
                throw e;
            }
            touch(range); // a kernel before 5.14
        }
    }

    private void take(long offset, long bytes) {
        try {
            LinuxMemory.allocate(fd, offset, bytes);
        } catch (MemoryFailure e) {
            if (e.errno() != LinuxMemory.EOPNOTSUPP) {
                throw e;
            }
        }
    }

    private static void touch(MemorySegment range) {
        for (long at = 0; at < range.byteSize(); at += SYSTEM_PAGE) {
            var _ = (int) TOUCHED.getAndBitwiseOr(range, at, 0);
        }
    }

    /**
     * Keeps the memory of the file, as it is taken, from being swapped out.
     *
     * @return whether the kernel allows it; the limit is {@code RLIMIT_MEMLOCK}
     */
    public boolean lock() {
        try {
            LinuxMemory.lockOnFault(segment);
            locked = true;
        } catch (MemoryFailure e) {
            locked = false;
        }
        return locked;
    }

    /** Whether {@link #lock} had success. */
    public boolean isLocked() {
        return locked;
    }

    @Override
    public void close() throws IOException {
        arena.close();
        close(fd, channel);
    }
}
