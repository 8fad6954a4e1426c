package io.trueno.zram.nbd;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** The file of a listening unix socket, which the kernel leaves behind when a server dies. */
final class UnixSocketFile {
    /** What fits in {@code sockaddr_un.sun_path} with its closing NUL. */
    private static final int MAX_PATH_BYTES = 107;

    private UnixSocketFile() {}

    /**
     * Makes way for a new socket at {@code path}: removes what a dead server left.
     *
     * @throws IOException if a live server answers there, or if it is something else than a socket
     */
    static void prepare(Path path) throws IOException {
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
            throw new IOException(
                    "socket path is longer than "
                            + MAX_PATH_BYTES
                            + " bytes, choose a shorter one: "
                            + path);
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isOther()) {
            throw new IOException("exists and is not a socket, remove it first: " + path);
        }
        if (isAnswered(path)) {
            throw new IOException("another server is listening, stop it first: " + path);
        }
        Files.deleteIfExists(path);
    }

    private static boolean isAnswered(Path path) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException refused) {
            return false;
        }
    }

    /** Lets only the owner connect. */
    static void restrict(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }
}
