package io.trueno.zram.nbd.sys;

import com.kenai.jffi.Type;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * System calls as Java methods: they give what they are for or throw {@link SystemCallException}.
 * Thread-safe. Every descriptor is closed on exec. {@link #send} and {@link #receive} are made
 * while requests are served, and allocate nothing.
 */
public final class Linux {
    private static final int O_RDONLY = 0;
    private static final int O_EXCL = 0x80;
    private static final int O_CLOEXEC = 0x80000;

    private static final int AF_UNIX = 1;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = O_CLOEXEC;
    private static final int NETLINK_GENERIC = 16;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_RD = 0;

    private static final long MOST_MESSAGE_BYTES = 256;

    private static final CFunction OPEN = CFunction.ofInt("open", Type.POINTER, Type.SINT);
    private static final CFunction CLOSE = CFunction.ofInt("close", Type.SINT);
    private static final CFunction SOCKET =
            CFunction.ofInt("socket", Type.SINT, Type.SINT, Type.SINT);
    private static final CFunction SOCKETPAIR =
            CFunction.ofInt("socketpair", Type.SINT, Type.SINT, Type.SINT, Type.POINTER);
    private static final CFunction SEND =
            CFunction.ofLong("send", Type.SINT, Type.POINTER, Type.ULONG, Type.SINT);
    private static final CFunction RECV =
            CFunction.ofLong("recv", Type.SINT, Type.POINTER, Type.ULONG, Type.SINT);
    private static final CFunction SHUTDOWN = CFunction.ofInt("shutdown", Type.SINT, Type.SINT);
    private static final CFunction STRERROR = CFunction.ofLong("strerror", Type.SINT);

    private Linux() {}

    /** What an error number means, in words: {@code No such file or directory}. */
    @SuppressWarnings("restricted") // the C library's messages are shorter
    public static String describe(int errno) {
        return MemorySegment.ofAddress(STRERROR.call(errno))
                .reinterpret(MOST_MESSAGE_BYTES)
                .getString(0);
    }

    /**
     * {@code open(2)} of a block device so that nobody else may claim it: fails with {@link
     * Errno#EBUSY} if somebody has, as a file system or swap does.
     */
    public static int claim(String path) {
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(path).address();
            return checked("open " + path, (int) OPEN.call(name, O_RDONLY | O_EXCL | O_CLOEXEC));
        }
    }

    /** {@code close(2)}. */
    public static void close(int fd) {
        checked("close", (int) CLOSE.call(fd));
    }

    /** {@code netlink(7)}: a socket to the kernel's generic netlink families. */
    public static int netlinkSocket() {
        long fd = SOCKET.call(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
        return checked("socket AF_NETLINK", (int) fd);
    }

    /**
     * Two Unix stream sockets that are connected to each other.
     *
     * @param first a descriptor
     * @param second a descriptor
     */
    public record SocketPair(int first, int second) {}

    /** {@code socketpair(2)}. */
    public static SocketPair socketPair() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(ValueLayout.JAVA_INT, 2);
            long result = SOCKETPAIR.call(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.address());
            checked("socketpair", (int) result);
            return new SocketPair(
                    pair.getAtIndex(ValueLayout.JAVA_INT, 0),
                    pair.getAtIndex(ValueLayout.JAVA_INT, 1));
        }
    }

    /**
     * {@code send(2)}, waiting for room, and without a signal when the peer is gone.
     *
     * @param address of bytes that stay where they are until this returns
     * @return how many were taken, at least 1
     */
    public static int send(int fd, long address, int bytes) {
        long sent;
        do {
            sent = SEND.call(fd, address, bytes, MSG_NOSIGNAL);
        } while (sent == -1 && CFunction.errno() == Errno.EINTR);
        return checked("send", (int) sent);
    }

    /**
     * {@code recv(2)}, waiting until there is something.
     *
     * @param address of so many bytes, which stay where they are until this returns
     * @return how many came; 0 when the peer has closed
     */
    public static int receive(int fd, long address, int bytes) {
        long received;
        do {
            received = RECV.call(fd, address, bytes, 0);
        } while (received == -1 && CFunction.errno() == Errno.EINTR);
        return checked("recv", (int) received);
    }

    /** {@code shutdown(2)}: takes no more from the peer; what has come can still be received. */
    public static void stopReceiving(int fd) {
        checked("shutdown", (int) SHUTDOWN.call(fd, SHUT_RD));
    }

    private static int checked(String call, int result) {
        if (result == -1) {
            throw new SystemCallException(call, CFunction.errno());
        }
        return result;
    }
}
