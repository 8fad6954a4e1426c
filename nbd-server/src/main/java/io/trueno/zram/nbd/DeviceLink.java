package io.trueno.zram.nbd;

import io.trueno.zram.nbd.sys.Linux;
import io.trueno.zram.nbd.sys.SystemCallException;
import java.util.concurrent.Executor;

/**
 * Answers the requests that the kernel's nbd driver sends through a socket, on the calling thread
 * alone: when that is over, nothing is at work on the device any more. All memory it takes is taken
 * when it is made, since the requests may be what frees memory.
 */
final class DeviceLink implements Output {
    /** Long requests run in their place: with one thread there is nothing to be overtaken by. */
    private static final Executor IN_PLACE = Runnable::run;

    /**
     * What is sent at once. The kernel takes memory for it, more of it in whole pages, for which
     * this thread might wait in vain: for memory that only the request behind would free. So much
     * comes from a cache of small objects, which has some when all pages are taken.
     */
    private static final int PIECE_BYTES = 3 << 10;

    private final BufferPool buffers = new BufferPool(3);
    private final IoBuffer in = buffers.take();
    private final IoBuffer out = buffers.take();
    private final Session session;
    private int socket;
    private boolean ended;

    /**
     * @param session what the kernel was told of the device
     */
    DeviceLink(Session session) {
        this.session = session;
        buffers.take().release(); // the one for long requests
    }

    /**
     * Serves until the kernel closes its end or says good-bye, or the connection is broken.
     *
     * @param fd our end of the socket; stays the caller's
     */
    void serve(int fd) {
        socket = fd;
        ended = false;
        in.clear();
        out.clear();
        Phase requests =
                new Transmission(new RequestServer(session), this, buffers, IN_PLACE, IN_PLACE);
        while (!ended && receive()) {
            while (requests.advance(in)) {
                // until it wants more
            }
            flush();
        }
    }

    private boolean receive() {
        in.discardReadBytes();
        try {
            int received =
                    Linux.receive(
                            socket, in.memoryAddress() + in.writerIndex(), in.writableBytes());
            in.writerIndex(in.writerIndex() + received);
            return received > 0;
        } catch (SystemCallException e) {
            ServerLog.dropped(String.valueOf(e.getMessage()));
            return false;
        }
    }

    @Override
    public IoBuffer room(int bytes) {
        if (out.writableBytes() < bytes) {
            flush();
        }
        return out;
    }

    @Override
    public void append(IoBuffer filled) {
        flush();
        send(filled);
        filled.release();
    }

    @Override
    public void flush() {
        send(out);
        out.clear();
    }

    private void send(IoBuffer buffer) {
        try {
            while (!ended && buffer.isReadable()) {
                long address = buffer.memoryAddress() + buffer.readerIndex();
                int piece = Math.min(PIECE_BYTES, buffer.readableBytes());
                buffer.skipBytes(Linux.send(socket, address, piece));
            }
        } catch (SystemCallException e) {
            drop(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void resume() {
        // serve goes on by itself
    }

    @Override
    public boolean isBackedUp() {
        return false; // sending waits
    }

    @Override
    public void finish() {
        flush();
        ended = true;
    }

    @Override
    public void drop(String why) {
        ended = true;
        ServerLog.dropped(why);
    }

    @Override
    public void enter(Session agreed) {
        throw new IllegalStateException("the kernel does not negotiate");
    }
}
