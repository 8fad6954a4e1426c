package io.trueno.zram.agent.daemon;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * A listening Unix socket in the file system, mode 0600 from the moment it can be seen.
 *
 * <p>{@code bind} makes the file with the process's umask, so it happens in a folder that only we
 * may enter; the mode is set there and the file then renamed into place. The rename also replaces
 * what an agent that was killed has left behind.
 */
final class PrivateSocket implements AutoCloseable {
    /** Longest path that fits {@code sockaddr_un}. */
    private static final int MAX_PATH_BYTES = 107;

    /** Listens on a path. */
    interface Binder {
        void bind(Path path) throws IOException;
    }

    private final Path path;
    private final Object identity;

    private PrivateSocket(Path path, Object identity) {
        this.path = path;
        this.identity = identity;
    }

    /**
     * Lets {@code binder} listen, and puts the socket at {@code path}.
     *
     * @throws AgentException if {@code path} is too long, is something else than a socket, or a
     *     living server listens there
     */
    static PrivateSocket listen(Path path, Binder binder) {
        Path folder = Objects.requireNonNull(path.getParent(), "absolute path");
        Path staging = folder.resolve(".s" + ProcessHandle.current().pid());
        Path staged = staging.resolve(Objects.requireNonNull(path.getFileName()));
        int bytes = staged.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        if (bytes > MAX_PATH_BYTES) {
            throw new AgentException(
                    "path too long for a socket: "
                            + path
                            + ": choose one that is "
                            + (bytes - MAX_PATH_BYTES)
                            + " bytes shorter");
        }
        refuseUnlessFree(path);
        try {
            Files.createDirectory(
                    staging,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            try {
                binder.bind(staged);
                Files.setPosixFilePermissions(staged, PosixFilePermissions.fromString("rw-------"));
                Files.move(staged, path, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(staged);
                Files.deleteIfExists(staging);
            }
            return new PrivateSocket(path, identityOf(path));
        } catch (IOException e) {
            throw new AgentException("cannot listen on " + path + ": " + e.getMessage(), e);
        }
    }

    private static void refuseUnlessFree(Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            if (!isSocket(path)) {
                throw new AgentException(path + " is in the way and no socket: move it away");
            }
        } catch (IOException e) {
            throw new AgentException("cannot look at " + path + ": " + e, e);
        }
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new AgentException(
                    "another server listens on " + path + ": stop it, or choose another path");
        } catch (IOException e) {
            // nobody listens: left behind by an agent that was killed, and replaced
        }
    }

    private static boolean isSocket(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & 0170000) == 0140000; // S_IFMT, S_IFSOCK
    }

    private static Object identityOf(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes the file, unless another server has put its own there. */
    @Override
    public void close() {
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    && identityOf(path).equals(identity)) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new AgentException("cannot remove " + path + ": " + e, e);
        }
    }
}
