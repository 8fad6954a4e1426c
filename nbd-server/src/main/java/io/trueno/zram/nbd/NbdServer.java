package io.trueno.zram.nbd;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.trueno.zram.engine.BlockDevice;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Serves block devices over the NBD protocol, on unix sockets and TCP.
 *
 * <pre>{@code
 * try (NbdServer server = NbdServer.start(NbdServer.Options.at(UnixDomainSocketAddress.of("/run/zram0.sock")))) {
 *     server.addExport("zram0", "compressed RAM", device, false);
 *     System.out.println(server.uri("zram0"));   // nbd+unix:///zram0?socket=/run/zram0.sock
 *     ...
 * }
 * }</pre>
 *
 * <p>All methods may be called by any thread. Devices stay their owner's: remove an export before
 * closing its device.
 */
public final class NbdServer implements AutoCloseable {
    private static final int KEPT_BUFFERS = 64;
    private static final int LOW_WATER_BYTES = 256 << 10;
    private static final int HIGH_WATER_BYTES = 1 << 20;

    /**
     * How to serve. Immutable.
     *
     * @param addresses to listen on, at least one: {@link UnixDomainSocketAddress} or {@link
     *     InetSocketAddress}; port 0 takes a free one
     * @param transport that is available on this machine
     * @param eventLoops threads that serve the connections, each connection by one
     * @param workers threads for the requests that take long
     * @param maxConnections at a time; further ones are closed at once
     * @param maxPayloadBytes the longest read or write, a multiple of 4096 from 1 MiB to 64 MiB;
     *     clients count on 32 MiB
     * @param drainMillis how long closing waits for requests that have begun
     */
    public record Options(
            List<SocketAddress> addresses,
            NbdTransport transport,
            int eventLoops,
            int workers,
            int maxConnections,
            int maxPayloadBytes,
            int drainMillis) {

        public Options {
            addresses = List.copyOf(addresses);
            require(!addresses.isEmpty(), "no address to listen on", 0);
            for (SocketAddress address : addresses) {
                require(
                        (address instanceof InetSocketAddress inet && !inet.isUnresolved())
                                || address instanceof UnixDomainSocketAddress,
                        "address must be a unix socket's or a resolved TCP one: " + address,
                        0);
            }
            require(eventLoops >= 1, "eventLoops must be at least 1", eventLoops);
            require(workers >= 1, "workers must be at least 1", workers);
            require(maxConnections >= 1, "maxConnections must be at least 1", maxConnections);
            require(
                    maxPayloadBytes >= 1 << 20
                            && maxPayloadBytes <= 64 << 20
                            && maxPayloadBytes % 4096 == 0,
                    "maxPayloadBytes must be a multiple of 4096 from 1 MiB to 64 MiB",
                    maxPayloadBytes);
            require(drainMillis >= 0, "drainMillis must not be negative", drainMillis);
        }

        private static void require(boolean holds, String otherwise, long value) {
            if (!holds) {
                throw new IllegalArgumentException(otherwise + ": value=" + value);
            }
        }

        /** Defaults for this machine: its best transport, threads by its processors. */
        public static Options at(SocketAddress... addresses) {
            int processors = Runtime.getRuntime().availableProcessors();
            return new Options(
                    List.of(addresses),
                    NbdTransport.best(),
                    processors,
                    processors,
                    64,
                    32 << 20,
                    5_000);
        }

        /** The same with another transport. */
        public Options with(NbdTransport other) {
            return new Options(
                    addresses,
                    other,
                    eventLoops,
                    workers,
                    maxConnections,
                    maxPayloadBytes,
                    drainMillis);
        }
    }

    private final Options options;
    private final Exports exports = new Exports();
    private final BufferPool buffers = new BufferPool(KEPT_BUFFERS);
    private final Set<NbdConnection> connections = ConcurrentHashMap.newKeySet();
    private final List<Channel> listeners = new ArrayList<>();
    private final EventLoopGroup eventLoops;
    private final ExecutorService workers;
    private NbdStatistics ofRemovedExports = NbdStatistics.NONE;
    private volatile boolean closing;

    private NbdServer(Options options) {
        this.options = options;
        this.eventLoops =
                new MultiThreadIoEventLoopGroup(
                        options.eventLoops(),
                        new DefaultThreadFactory("nbd-loop", true),
                        options.transport().ioHandlerFactory());
        this.workers =
                Executors.newFixedThreadPool(
                        options.workers(), new DefaultThreadFactory("nbd-worker", true));
    }

    /**
     * Starts to listen on every address.
     *
     * @throws IOException if the transport is not available or an address is not: in use by a live
     *     server, or not ours. Nothing is left behind then
     */
    public static NbdServer start(Options options) throws IOException {
        var unavailable = options.transport().whyUnavailable();
        if (unavailable.isPresent()) {
            throw new IOException(
                    "NBD transport "
                            + options.transport()
                            + " is unavailable: "
                            + unavailable.get());
        }
        NbdServer server = new NbdServer(options);
        try {
            for (SocketAddress address : options.addresses()) {
                server.listen(address);
            }
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void listen(SocketAddress address) throws IOException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        if (address instanceof UnixDomainSocketAddress socket) {
            UnixSocketFile.prepare(socket.getPath());
        }
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(eventLoops)
                        .channel(options.transport().serverChannel(address))
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                        .childHandler(new Welcome());
        if (!unix) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true);
            bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
        }
        ChannelFuture bound = bootstrap.bind(options.transport().nettyAddress(address));
        bound.awaitUninterruptibly();
        if (bound.cause() != null) {
            throw new IOException(
                    "cannot listen on " + address + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        synchronized (listeners) {
            listeners.add(bound.channel());
        }
        if (address instanceof UnixDomainSocketAddress socket) {
            UnixSocketFile.restrict(socket.getPath());
        }
    }

    private final class Welcome extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            if (closing || connections.size() >= options.maxConnections()) {
                ServerLog.dropped("too many connections");
                var _ = channel.close();
                return;
            }
            NbdConnection connection =
                    new NbdConnection(
                            channel,
                            exports,
                            options.maxPayloadBytes(),
                            buffers,
                            workers,
                            NbdServer.this::entered);
            connections.add(connection);
            var _ = channel.closeFuture().addListener(_ -> connections.remove(connection));
            channel.config().setRecvByteBufAllocator(connection.receiveAllocator());
            channel.pipeline().addLast(connection);
        }
    }

    /** An export that was removed while a client was choosing it has no connections. */
    private void entered(NbdConnection connection) {
        Session session = Objects.requireNonNull(connection.session());
        if (closing || !session.export().equals(exports.find(session.export().name()))) {
            connection.drain();
        }
    }

    /**
     * Offers {@code device} to clients.
     *
     * @param name that clients ask for: 1 to 4096 bytes of UTF-8, without NUL
     * @param description for people, perhaps empty
     * @param device stays the caller's, who closes it after {@link #removeExport}
     * @param readOnly whether writes are refused
     * @throws IllegalArgumentException if a string is not as said
     * @throws IllegalStateException if there is an export of that name
     */
    public void addExport(String name, String description, BlockDevice device, boolean readOnly) {
        exports.add(new Export(name, description, device, readOnly, new NbdCounters()));
    }

    /**
     * Withdraws an export: no new client gets it, and its connections are closed when the requests
     * they have begun are answered, at the latest after the drain time.
     *
     * @return whether there was one
     */
    public boolean removeExport(String name) {
        Export export = exports.remove(name);
        if (export == null) {
            return false;
        }
        drain(connection -> {
            Session session = connection.session();
            return session != null && session.export().equals(export);
        });
        synchronized (exports) {
            ofRemovedExports = ofRemovedExports.plus(export.counters().snapshot());
        }
        return true;
    }

    /** The names of the exports, sorted. */
    public List<String> exportNames() {
        return exports.all().stream().map(Export::name).toList();
    }

    /** What it listens on, with the ports that were free for those asked as 0. */
    public List<SocketAddress> addresses() {
        List<SocketAddress> bound = new ArrayList<>();
        synchronized (listeners) {
            for (int i = 0; i < listeners.size(); i++) {
                SocketAddress asked = options.addresses().get(i);
                bound.add(
                        asked instanceof UnixDomainSocketAddress
                                ? asked
                                : listeners.get(i).localAddress());
            }
        }
        return bound;
    }

    /** The transport in use. */
    public NbdTransport transport() {
        return options.transport();
    }

    /**
     * Where clients find an export, in the form that libnbd, qemu and fio take: {@code
     * nbd+unix:///NAME?socket=PATH} or {@code nbd://HOST:PORT/NAME}, at the first address.
     */
    public String uri(String exportName) {
        return NbdUri.of(exportName, addresses().getFirst());
    }

    /** What has happened since the start, over all exports, removed ones too. */
    public NbdStatistics statistics() {
        NbdStatistics sum;
        synchronized (exports) {
            sum = ofRemovedExports;
        }
        for (Export export : exports.all()) {
            sum = sum.plus(export.counters().snapshot());
        }
        return sum;
    }

    /**
     * What has happened to one export.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public NbdStatistics statistics(String exportName) {
        Export export = exportName.isEmpty() ? null : exports.find(exportName);
        if (export == null) {
            throw new IllegalArgumentException("no such export: name=" + exportName);
        }
        return export.counters().snapshot();
    }

    /**
     * Stops listening, answers what has begun, closes every connection and removes the sockets'
     * files. Calling it again does nothing.
     */
    @Override
    public void close() {
        synchronized (listeners) {
            closing = true;
            for (Channel listener : listeners) {
                listener.close().awaitUninterruptibly();
            }
            for (int i = 0; i < listeners.size(); i++) {
                if (options.addresses().get(i) instanceof UnixDomainSocketAddress unix) {
                    removeFile(unix);
                }
            }
            listeners.clear();
        }
        drain(_ -> true);
        workers.shutdown();
        var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Buffers that connections hold now. */
    int buffersLent() {
        return buffers.lent();
    }

    private static void removeFile(UnixDomainSocketAddress address) {
        try {
            Files.deleteIfExists(address.getPath());
        } catch (IOException e) {
            ServerLog.dropped("cannot remove " + address + ": " + e.getMessage());
        }
    }

    private void drain(Predicate<NbdConnection> which) {
        List<NbdConnection> leaving = connections.stream().filter(which).toList();
        leaving.forEach(NbdConnection::drain);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.drainMillis());
        for (NbdConnection connection : leaving) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (!connection.channel().closeFuture().awaitUninterruptibly(Math.max(0, left))) {
                connection.channel().close().awaitUninterruptibly();
            }
        }
    }
}
