package io.trueno.zram.nbd;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ways to the sockets, the preferred one first. All of them serve TCP and unix sockets. */
public enum NbdTransport {
    /** Linux's epoll through Netty's native library. */
    EPOLL(EpollServerSocketChannel.class, EpollServerDomainSocketChannel.class) {
        @Override
        @Nullable Throwable whyNot() {
            return Epoll.unavailabilityCause();
        }

        @Override
        IoHandlerFactory ioHandlerFactory() {
            return EpollIoHandler.newFactory();
        }
    },

    /** Linux's io_uring through Netty's native library. */
    IO_URING(IoUringServerSocketChannel.class, IoUringServerDomainSocketChannel.class) {
        @Override
        @Nullable Throwable whyNot() {
            return IoUring.unavailabilityCause();
        }

        @Override
        IoHandlerFactory ioHandlerFactory() {
            return IoUringIoHandler.newFactory();
        }
    },

    /** The JDK's selectors: anywhere, without native code of ours. */
    NIO(NioServerSocketChannel.class, NioServerDomainSocketChannel.class) {
        @Override
        @Nullable Throwable whyNot() {
            return null;
        }

        @Override
        IoHandlerFactory ioHandlerFactory() {
            return NioIoHandler.newFactory();
        }
    };

    private final Class<? extends ServerChannel> tcpServer;
    private final Class<? extends ServerChannel> unixServer;

    NbdTransport(
            Class<? extends ServerChannel> tcpServer, Class<? extends ServerChannel> unixServer) {
        this.tcpServer = tcpServer;
        this.unixServer = unixServer;
    }

    abstract @Nullable Throwable whyNot();

    abstract IoHandlerFactory ioHandlerFactory();

    /** The first one that is available. */
    public static NbdTransport best() {
        for (NbdTransport transport : values()) {
            if (transport.isAvailable()) {
                return transport;
            }
        }
        throw new IllegalStateException("NIO is always available");
    }

    public boolean isAvailable() {
        return whyNot() == null;
    }

    /** What is missing on this machine, empty if nothing is. */
    public Optional<String> whyUnavailable() {
        return Optional.ofNullable(whyNot()).map(NbdTransport::rootMessage);
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    Class<? extends ServerChannel> serverChannel(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress ? unixServer : tcpServer;
    }

    /** The address in the form that this transport's channels take. */
    SocketAddress nettyAddress(SocketAddress address) {
        return this != NIO && address instanceof UnixDomainSocketAddress unix
                ? new DomainSocketAddress(unix.getPath().toFile())
                : address;
    }
}
