package io.trueno.zram.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of one connection between its channel and its {@link Phase}: one buffer in, one
 * buffer out at a time, sent when everything that has arrived is answered. A client that does not
 * read its replies is not read from. Everything happens on the channel's event loop, but for {@link
 * #drain} and {@link #session}.
 */
final class NbdConnection extends ChannelInboundHandlerAdapter implements Output {
    private static final int HANDSHAKE_SECONDS = 30;

    private final BufferPool buffers;
    private final Executor workers;
    private final Consumer<NbdConnection> onEntered;

    private final Channel channel;
    private final IoBuffer in;
    private @Nullable IoBuffer out;
    private Phase phase;
    private volatile @Nullable Session session;
    private @Nullable Future<?> handshakeDeadline;
    private boolean pumping;
    private boolean ended;

    /**
     * @param onEntered told when a session begins, on the event loop
     */
    NbdConnection(
            Channel channel,
            Exports exports,
            int maxPayloadBytes,
            BufferPool buffers,
            Executor workers,
            Consumer<NbdConnection> onEntered) {
        this.channel = channel;
        this.buffers = buffers;
        this.workers = workers;
        this.onEntered = onEntered;
        this.in = buffers.take();
        this.phase = new Handshake(exports, maxPayloadBytes, this);
    }

    /** What the channel must receive with. */
    ReceiveAllocator receiveAllocator() {
        return new ReceiveAllocator(in);
    }

    /** What the handshake settled, null until then. */
    @Nullable Session session() {
        return session;
    }

    Channel channel() {
        return channel;
    }

    /** Ends the connection when what it has started is answered. Any thread. */
    void drain() {
        channel.eventLoop()
                .execute(() -> {
                    phase.drain();
                    resume();
                });
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ((Handshake) phase).greet();
        flush();
        handshakeDeadline =
                channel.eventLoop()
                        .schedule(
                                () -> drop("handshake takes too long"),
                                HANDSHAKE_SECONDS,
                                TimeUnit.SECONDS);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // is it this buffer, not one of the same content
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            if (received == in) {
                pump();
            } else {
                copyIn(received);
            }
        } finally {
            ReferenceCountUtil.release(received);
        }
    }

    /** Takes bytes that came by another way than our allocator, such as an embedded channel. */
    private void copyIn(ByteBuf received) {
        while (received.isReadable()) {
            in.discardReadBytes();
            int part = Math.min(received.readableBytes(), in.writableBytes());
            if (part == 0) {
                drop("more input than the channel was read for");
                return;
            }
            received.readBytes(in, part);
            pump();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            phase.outputIsWritable();
            resume();
        }
    }

    /** Lets the phase take what it can; stops receiving while it waits for something else. */
    private void pump() {
        if (pumping) {
            return; // a flush below reported that there is room
        }
        pumping = true;
        try {
            boolean again;
            do {
                while (phase.advance(in)) {
                    // until it wants more or waits
                }
                again = phase.isWaiting();
                if (again) {
                    flush();
                    again = !phase.isWaiting();
                }
            } while (again);
        } finally {
            pumping = false;
        }
        boolean receive = !phase.isWaiting();
        if (channel.config().isAutoRead() != receive) {
            channel.config().setAutoRead(receive);
        }
    }

    @Override
    public void resume() {
        if (!ended) {
            pump();
            flush();
        }
    }

    @Override
    public IoBuffer room(int bytes) {
        IoBuffer current = out;
        if (current != null) {
            if (current.writableBytes() >= bytes) {
                return current;
            }
            write();
        }
        IoBuffer next = buffers.take();
        out = next;
        return next;
    }

    @Override
    public void append(IoBuffer filled) {
        write();
        var _ = channel.write(filled, channel.voidPromise());
    }

    private void write() {
        IoBuffer current = out;
        if (current != null) {
            out = null;
            var _ = channel.write(current, channel.voidPromise());
        }
    }

    @Override
    public void flush() {
        write();
        channel.flush();
    }

    @Override
    public boolean isBackedUp() {
        return !channel.isWritable();
    }

    @Override
    public void finish() {
        if (!ended) {
            ended = true;
            write();
            var _ =
                    channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                            .addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void drop(String why) {
        if (!ended) {
            ended = true;
            ServerLog.dropped(why);
            var _ = channel.close();
        }
    }

    @Override
    public void enter(Session agreed) {
        session = agreed;
        endHandshake();
        agreed.export().counters().opened();
        phase =
                new Transmission(
                        new RequestServer(agreed), this, buffers, workers, channel.eventLoop());
        onEntered.accept(this);
    }

    private void endHandshake() {
        Future<?> deadline = handshakeDeadline;
        if (deadline != null) {
            handshakeDeadline = null;
            deadline.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            ServerLog.unexpected(cause);
        }
        drop(String.valueOf(cause.getMessage()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ended = true;
        endHandshake();
        phase.closed();
        Session agreed = session;
        if (agreed != null) {
            agreed.export().counters().closed();
        }
        IoBuffer unsent = out;
        if (unsent != null) {
            out = null;
            unsent.release();
        }
        in.release();
    }
}
