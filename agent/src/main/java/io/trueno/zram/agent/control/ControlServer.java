package io.trueno.zram.agent.control;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.trueno.zram.agent.device.DeviceRegistry;
import io.trueno.zram.config.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Serves the control socket, and {@code /metrics} alone on TCP where asked for. One event loop
 * moves bytes; requests are answered on threads of their own, since removing a device may take a
 * while.
 */
public final class ControlServer implements AutoCloseable {
    /** Longest request body; the longest sensible one is some hundred bytes. */
    static final int MAX_BODY_BYTES = 64 * 1024;

    private static final int IDLE_SECONDS = 30;
    private static final int MAX_CONNECTIONS = 64;
    private static final int WORKERS = 4;

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("control", true), NioIoHandler.newFactory());
    private final ExecutorService workers = newWorkers();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ControlRoutes routes;

    /**
     * @param devices what it controls
     * @param agent asked about the agent itself
     */
    public ControlServer(DeviceRegistry devices, ControlledAgent agent) {
        routes = new ControlRoutes(devices, agent);
    }

    private static ExecutorService newWorkers() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        WORKERS,
                        WORKERS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(MAX_CONNECTIONS),
                        new DefaultThreadFactory("control-work", true));
        pool.prestartAllCoreThreads(); // later there may be no memory for a thread
        return pool;
    }

    /**
     * Begins to serve everything on a Unix socket.
     *
     * @param path must not exist; its mode and its removal are the caller's
     * @throws IOException if it cannot be bound
     */
    public void listen(Path path) throws IOException {
        bind(NioServerDomainSocketChannel.class, UnixDomainSocketAddress.of(path), routes::serve);
    }

    /**
     * Begins to serve {@code GET /metrics}, and nothing else, on TCP.
     *
     * @return the address it got, the port chosen if it was 0
     * @throws IOException if it cannot be bound
     */
    public ListenAddress listenForMetrics(ListenAddress address) throws IOException {
        SocketAddress bound =
                bind(
                        NioServerSocketChannel.class,
                        new InetSocketAddress(address.host(), address.port()),
                        this::serveMetrics);
        return new ListenAddress(address.host(), ((InetSocketAddress) bound).getPort());
    }

    private ControlReply serveMetrics(ControlRequest request) {
        return request.path().equals("/metrics")
                ? routes.serve(request)
                : ControlReply.error(404, "only /metrics is served here");
    }

    private SocketAddress bind(
            Class<? extends ServerChannel> type,
            SocketAddress address,
            Function<ControlRequest, ControlReply> serve)
            throws IOException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loop)
                        .channel(type)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        if (channels.size() > MAX_CONNECTIONS) {
                                            var _ = channel.close();
                                            return;
                                        }
                                        channels.add(channel);
                                        channel.pipeline()
                                                .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                                                .addLast(new WriteTimeoutHandler(IDLE_SECONDS))
                                                .addLast(new HttpServerCodec())
                                                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
                                                .addLast(new ControlHandler(serve, workers));
                                    }
                                });
        try {
            Channel server = bootstrap.bind(address).syncUninterruptibly().channel();
            channels.add(server);
            return server.localAddress();
        } catch (Exception e) { // what bind failed with is rethrown undeclared
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    /** Stops listening, lets requests at work finish for a moment, and disconnects clients. */
    @Override
    public void close() {
        workers.shutdown();
        try {
            workers.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channels.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
