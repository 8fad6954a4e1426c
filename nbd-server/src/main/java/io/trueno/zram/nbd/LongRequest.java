package io.trueno.zram.nbd;

import io.trueno.zram.nbd.RequestServer.Failure;
import java.util.Objects;

/**
 * A request that is executed beside the event loop, a buffer's worth at a time. One step runs at
 * once, on any thread; the next starts when the reply of the last is on its way.
 */
final class LongRequest {
    private final RequestServer server;
    private final NbdCommand command;
    private final int flags;
    private final long cookie;
    private final long offset;
    private final long length;
    private final boolean contiguous;

    private long done;
    private boolean finished;
    private boolean broken;

    LongRequest(RequestServer server, NbdRequest request) {
        this.server = server;
        this.command = Objects.requireNonNull(request.command());
        this.flags = request.flags();
        this.cookie = request.cookie();
        this.offset = request.offset();
        this.length = request.length();
        this.contiguous =
                command == NbdCommand.READ
                        && (!server.session().structured() || request.has(NbdProtocol.CMD_FLAG_DF));
    }

    /** Whether its reply takes several buffers that nothing may come between. */
    boolean needsTheConnection() {
        return contiguous && length > IoBuffer.PAYLOAD_BYTES;
    }

    /** Whether the reply is complete. */
    boolean isFinished() {
        return finished;
    }

    /** Whether the reply cannot be completed: it failed after its length was promised. */
    boolean isBroken() {
        return broken;
    }

    /** Executes the next part and writes its part of the reply to {@code reply}, which is empty. */
    void step(IoBuffer reply) {
        try {
            switch (command) {
                case READ -> {
                    done += contiguous ? readContiguous(reply) : readChunks(reply);
                    finished = done == length;
                }
                case BLOCK_STATUS -> {
                    boolean onlyOne = (flags & NbdProtocol.CMD_FLAG_REQ_ONE) != 0;
                    server.blockStatus(cookie, offset, length, onlyOne, reply);
                    finished = true;
                }
                default -> {
                    server.change(command, flags, offset, length);
                    ReplyWriter.ok(reply, cookie);
                    finished = true;
                }
            }
        } catch (RuntimeException e) {
            fail(Failure.of(e), reply);
            return;
        }
        if (finished) {
            server.countExecuted(command, length);
        }
    }

    private void fail(Failure failure, IoBuffer reply) {
        reply.clear();
        broken = contiguous && done > 0;
        finished = !broken;
        server.fail(cookie, command, failure, reply);
    }

    private long readChunks(IoBuffer reply) {
        return server.readChunks(cookie, offset + done, length - done, false, reply);
    }

    private long readContiguous(IoBuffer reply) {
        if (done == 0) {
            if (server.session().structured()) {
                ReplyWriter.dataChunk(reply, true, cookie, offset, (int) length);
            } else {
                ReplyWriter.ok(reply, cookie);
            }
        }
        int part = (int) Math.min(length - done, IoBuffer.PAYLOAD_BYTES);
        server.readRaw(offset + done, part, reply);
        return part;
    }
}
