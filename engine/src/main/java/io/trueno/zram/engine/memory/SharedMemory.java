package io.trueno.zram.engine.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;

/**
 * A sparse memory file, mapped shared as a whole. Memory is taken when a page of it is first
 * written and given back by {@link #punch}; the mapping itself costs address space only. What is
 * written survives the death of the process for as long as the file does.
 *
 * <p>Any thread may access the segment. The owner closes it once nobody does: an access after
 * {@link #close} is an {@link IllegalStateException}.
 */
public final class SharedMemory implements AutoCloseable {
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    private SharedMemory(FileChannel channel, long bytes) throws IOException {
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
        try {
            return map(
                    FileChannel.open(
                            Path.of("/proc/self/fd/" + fd),
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE),
                    bytes);
        } finally {
            LinuxMemory.close(fd);
        }
    }

    /**
     * A new file, readable by its owner only and locked against other processes.
     *
     * @param file on a memory file system that can punch holes, such as tmpfs; must not exist
     * @param bytes its size, at least 1
     * @throws IOException if it exists or cannot be made
     */
    public static SharedMemory create(Path file, long bytes) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        EnumSet.of(
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        lock(channel, file);
        return map(channel, bytes);
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
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
        lock(channel, file);
        if (channel.size() == 0) {
            channel.close();
            throw new IOException("the file is empty: " + file);
        }
        return map(channel, channel.size());
    }

    private static void lock(FileChannel channel, Path file) throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock(); // held until the channel is closed
        } catch (OverlappingFileLockException e) {
            // this process has the file open already: the same answer
        }
        if (lock == null) {
            channel.close();
            throw new IOException("another process has the file open: " + file);
        }
    }

    private static SharedMemory map(FileChannel channel, long bytes) throws IOException {
        try {
            return new SharedMemory(channel, bytes);
        } catch (IOException | RuntimeException e) {
            channel.close();
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
     * @throws MemoryFailure if the file system cannot punch holes
     */
    public void punch(long offset, long bytes) {
        LinuxMemory.remove(segment.asSlice(offset, bytes));
    }

    @Override
    public void close() throws IOException {
        arena.close();
        channel.close();
    }
}
