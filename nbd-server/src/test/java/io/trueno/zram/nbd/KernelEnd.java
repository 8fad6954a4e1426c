package io.trueno.zram.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.nbd.sys.Linux;
import io.trueno.zram.nbd.sys.Linux.SocketPair;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What the kernel's nbd driver does at its end of a socket; a thread serves the other end. */
final class KernelEnd implements AutoCloseable {
    private static final int ROOM = 4 << 20;

    final NbdCounters counters = new NbdCounters();
    private final Thread server;
    private final SocketPair sockets = Linux.socketPair();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes = arena.allocate(ROOM);

    KernelEnd(BlockDevice device) {
        Export export = new Export("nbd0", "", device, false, counters);
        DeviceLink link = new DeviceLink(new Session(export, false, false, 32 << 20));
        server =
                Thread.ofPlatform()
                        .name("nbd0")
                        .start(() -> {
                            link.serve(sockets.first());
                            Linux.close(sockets.first());
                        });
    }

    void send(ByteBuf request) {
        int length = request.readableBytes();
        MemorySegment.copy(
                request.array(), request.arrayOffset(), bytes, ValueLayout.JAVA_BYTE, 0, length);
        send(bytes, length);
    }

    /** Sends bytes that are written out already; allocates nothing. */
    void send(MemorySegment requests, int length) {
        for (int sent = 0; sent < length; ) {
            sent += Linux.send(sockets.second(), requests.address() + sent, length - sent);
        }
    }

    /** The next bytes that come, so many of them, or fewer if the other end is closed. */
    ByteBuf receive(int length) {
        int received = fill(length);
        byte[] copy = new byte[received];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, copy, 0, received);
        return Unpooled.wrappedBuffer(copy);
    }

    /** Waits for so many bytes; how many came before the end. */
    int fill(int length) {
        int received = 0;
        while (received < length) {
            int part =
                    Linux.receive(sockets.second(), bytes.address() + received, length - received);
            if (part == 0) {
                break;
            }
            received += part;
        }
        return received;
    }

    /** The error of a reply without data. */
    int error(long cookie) {
        Wire.Chunk reply = Wire.Chunk.read(receive(ReplyWriter.SIMPLE_BYTES), 0);
        if (reply.cookie() != cookie) {
            throw new AssertionError("another request's reply: cookie=" + reply.cookie());
        }
        return reply.error();
    }

    /** Stops taking requests, as a device does that is left to the next server. */
    void detach() {
        Linux.stopReceiving(sockets.first());
    }

    /** Closes this end and waits until the server has noticed. */
    @Override
    public void close() {
        Linux.close(sockets.second());
        try {
            server.join(10_000);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (server.isAlive()) {
            throw new AssertionError("the server does not end");
        }
        arena.close();
    }
}
