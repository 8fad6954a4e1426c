package io.trueno.zram.agent.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The agent's runtime directory, held by one agent at a time. The lock is the kernel's on an open
 * file, so it ends with the process however that ends.
 */
final class RuntimeFolder implements AutoCloseable {
    private static final String LOCK_NAME = "agent.lock";
    private static final String SETTLED_NAME = "agent.settled";

    private final Path path;
    private final FileChannel lockFile;

    private RuntimeFolder(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Makes the directory if it is missing, checks that nobody else can put things into it, and
     * takes it.
     *
     * @throws AgentException if another agent has it, or it is not safe to use
     */
    static RuntimeFolder take(Path path) {
        try {
            Files.createDirectories(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            requirePrivate(path);
            return new RuntimeFolder(path, lock(path));
        } catch (IOException e) {
            throw new AgentException(
                    "cannot use the runtime directory "
                            + path
                            + " ("
                            + e
                            + "): choose another with --runtime-dir",
                    e);
        }
    }

    /**
     * Checks that a folder is this user's and that nobody else can put things into it.
     *
     * @throws AgentException if not
     */
    static void requirePrivate(Path path) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isDirectory()) {
            throw new AgentException(path + " is not a folder: choose another with --runtime-dir");
        }
        Object me = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(me)) {
            throw new AgentException(
                    path
                            + " belongs to "
                            + attributes.owner().getName()
                            + ": choose another with --runtime-dir");
        }
        Set<PosixFilePermission> permissions = attributes.permissions();
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new AgentException(
                    path
                            + " can be written by others: chmod 0700 it, or choose another with"
                            + " --runtime-dir");
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        Path file = path.resolve(LOCK_NAME);
        FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                channel.truncate(0);
                channel.write(
                        ByteBuffer.wrap(
                                (ProcessHandle.current().pid() + "\n")
                                        .getBytes(StandardCharsets.US_ASCII)));
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // held by another agent in this process: refused below like any other
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new AgentException(
                "another agent (process "
                        + Files.readString(file).strip()
                        + ") runs in "
                        + path
                        + ": stop it, or choose another with --runtime-dir");
    }

    /**
     * Tells who minds this agent that it has all the memory that it needs to serve: by a file that
     * is another one for each agent.
     */
    void markSettled() {
        Path file = path.resolve(SETTLED_NAME);
        try {
            Files.deleteIfExists(file);
            Files.createFile(file);
        } catch (IOException e) {
            throw new AgentException("cannot write " + file + ": " + e, e);
        }
    }

    /** The directory. */
    Path path() {
        return path;
    }

    /** Lets another agent have it. The lock file stays: removing it would race with the next. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path.resolve(SETTLED_NAME));
            lockFile.close();
        } catch (IOException e) {
            throw new AgentException("cannot release " + path + ": " + e, e);
        }
    }
}
