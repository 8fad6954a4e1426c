package io.trueno.zram.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Random;
import java.util.concurrent.Executor;

/** A client of one connection without a socket; long requests run when the server hands them on. */
final class EmbeddedClient implements AutoCloseable {
    static final int MAX_PAYLOAD = 4 << 20;

    final Exports exports = new Exports();
    final ArrayDevice device;
    final BufferPool buffers = new BufferPool(4);
    final EmbeddedChannel channel = new EmbeddedChannel(false, false);
    final NbdConnection connection;

    EmbeddedClient(int deviceBytes, Executor workers) {
        device = new ArrayDevice(deviceBytes);
        exports.add(new Export("zram0", "compressed RAM", device, false, new NbdCounters()));
        connection = new NbdConnection(channel, exports, MAX_PAYLOAD, buffers, workers, _ -> {});
        channel.pipeline().addLast(connection);
        try {
            channel.register();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    EmbeddedClient(int deviceBytes) {
        this(deviceBytes, Runnable::run);
    }

    /** A client in transmission; with structured replies and base:allocation if asked. */
    static EmbeddedClient inTransmission(int deviceBytes, boolean structured) {
        EmbeddedClient client = new EmbeddedClient(deviceBytes);
        client.handshake(structured);
        return client;
    }

    void handshake(boolean structured) {
        send(Wire.clientFlags(3));
        if (structured) {
            send(Wire.option(8));
            send(Wire.option(10, Wire.contextData("zram0", "base:allocation")));
        }
        send(Wire.option(7, Wire.infoData("zram0")));
        received();
    }

    void send(ByteBuf bytes) {
        channel.writeInbound(bytes);
        channel.runPendingTasks();
    }

    /** Sends the bytes in random parts, as a socket may deliver them. */
    void sendInFragments(ByteBuf bytes, Random random) {
        while (bytes.isReadable() && channel.isOpen()) {
            int bound = random.nextBoolean() ? 40 : 10_000;
            int part = Math.min(bytes.readableBytes(), 1 + random.nextInt(bound));
            send(bytes.readBytes(part));
        }
    }

    /** Everything the server has sent since the last call. */
    ByteBuf received() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return all;
    }

    NbdStatistics statistics() {
        return exports.all().getFirst().counters().snapshot();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        received();
        var _ = channel.close();
        channel.runPendingTasks();
    }
}
