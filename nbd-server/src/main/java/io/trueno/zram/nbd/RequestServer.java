package io.trueno.zram.nbd;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Executes requests of one session against its device and writes their replies: validate, execute,
 * map errors, reply. It knows no socket. Threads may share it; each brings its own buffers.
 */
final class RequestServer {
    /** Longest read that is answered in one buffer. */
    static final int MAX_SHORT_READ_BYTES = 128 << 10;

    /** Ranges above these take long enough that other requests should not wait for them. */
    static final long MAX_SHORT_DISCARD_BYTES = 1 << 20;

    static final long MAX_SHORT_STATUS_BYTES = 64 << 20;

    /** More chunks than this in one piece of a read cost more than the zeros they spare. */
    private static final int MAX_CHUNKS = 48;

    private static final int MAX_EXTENTS = 1024;

    private final Session session;
    private final BlockDevice device;
    private final NbdCounters counters;

    RequestServer(Session session) {
        this.session = session;
        this.device = session.export().device();
        this.counters = session.export().counters();
    }

    Session session() {
        return session;
    }

    /** Whether the answer to a request is soon there and fits in a buffer's payload. */
    static boolean isShort(NbdCommand command, long length) {
        return switch (command) {
            case READ -> length <= MAX_SHORT_READ_BYTES;
            case TRIM, WRITE_ZEROES -> length <= MAX_SHORT_DISCARD_BYTES;
            case BLOCK_STATUS -> length <= MAX_SHORT_STATUS_BYTES;
            case WRITE, FLUSH, CACHE, DISCONNECT -> true;
        };
    }

    /** Upper bound of the bytes that the reply to a short request takes. */
    static int replyBytes(NbdRequest request) {
        int fixed = IoBuffer.HEADER_BYTES;
        return switch (request.command()) {
            case READ -> fixed + (int) Math.min(request.length(), MAX_SHORT_READ_BYTES);
            case BLOCK_STATUS -> fixed + MAX_EXTENTS * 8;
            case null, default -> fixed;
        };
    }

    /** Why the request must not be executed, null if it may; counted. */
    @Nullable Refusal refuse(NbdRequest request) {
        Refusal refusal = RequestRules.refuse(request, session);
        if (refusal != null) {
            counters.refused();
        }
        return refusal;
    }

    /**
     * Serves a short request that has all its bytes.
     *
     * @param payload of a write, from {@code payloadOffset}; otherwise not looked at
     * @param out has {@link #replyBytes} of room
     */
    void serve(NbdRequest request, MemorySegment payload, long payloadOffset, IoBuffer out) {
        Refusal refusal = refuse(request);
        if (refusal != null) {
            ReplyWriter.error(out, session, request.cookie(), refusal.error(), refusal.message());
            return;
        }
        if (request.command() == NbdCommand.WRITE) {
            Failure failure =
                    writePart(request.offset(), payload, payloadOffset, (int) request.length());
            finishWrite(request, failure, out);
        } else {
            execute(request, out);
        }
    }

    /** Executes a short request that passed the rules and is no write. */
    void execute(NbdRequest request, IoBuffer out) {
        NbdCommand command = Objects.requireNonNull(request.command());
        int start = out.writerIndex();
        try {
            switch (command) {
                case READ -> read(request, out);
                case BLOCK_STATUS -> blockStatus(request, out);
                default -> {
                    change(command, request.flags(), request.offset(), request.length());
                    ReplyWriter.ok(out, request.cookie());
                }
            }
            counters.executed(command, request.length());
        } catch (RuntimeException e) {
            out.writerIndex(start);
            fail(request.cookie(), command, Failure.of(e), out);
        }
    }

    /**
     * Stores part of a write's payload.
     *
     * @return what went wrong, null if nothing did
     */
    @Nullable Failure writePart(
            long offset, MemorySegment payload, long payloadOffset, int length) {
        try {
            device.write(offset, payload, payloadOffset, length);
            return null;
        } catch (RuntimeException e) {
            return Failure.of(e);
        }
    }

    /** Answers a write whose payload has been stored, or not. */
    void finishWrite(NbdRequest request, @Nullable Failure failure, IoBuffer out) {
        if (failure == null) {
            counters.executed(NbdCommand.WRITE, request.length());
            ReplyWriter.ok(out, request.cookie());
        } else {
            fail(request.cookie(), NbdCommand.WRITE, failure, out);
        }
    }

    /** Answers that {@code command} failed. */
    void fail(long cookie, NbdCommand command, Failure failure, IoBuffer out) {
        counters.failed(command);
        ReplyWriter.error(out, session, cookie, failure.error(), failure.message());
    }

    void countExecuted(NbdCommand command, long length) {
        counters.executed(command, length);
    }

    /** Executes a command that has neither data nor an answer but its success. */
    void change(NbdCommand command, int flags, long offset, long length) {
        switch (command) {
            case TRIM -> device.discard(offset, length);
            case WRITE_ZEROES -> {
                if ((flags & NbdProtocol.CMD_FLAG_NO_HOLE) != 0) {
                    device.writeZeroes(offset, length);
                } else {
                    device.discard(offset, length);
                }
            }
            case FLUSH -> device.flush();
            case CACHE -> {
                // Everything is in memory already.
            }
            case READ, WRITE, BLOCK_STATUS, DISCONNECT ->
                    throw new IllegalStateException("not a plain change: command=" + command);
        }
    }

    private void read(NbdRequest request, IoBuffer out) {
        if (session.structured()) {
            boolean whole = request.has(NbdProtocol.CMD_FLAG_DF);
            readChunks(request.cookie(), request.offset(), request.length(), whole, out);
        } else {
            ReplyWriter.ok(out, request.cookie());
            readRaw(request.offset(), (int) request.length(), out);
        }
    }

    /** Reads {@code length} bytes to the end of {@code out}, which has room for them. */
    void readRaw(long offset, int length, IoBuffer out) {
        int at = out.writerIndex();
        device.read(offset, out.segment(), at, length);
        out.writerIndex(at + length);
    }

    /**
     * Answers as much of a read as fits in {@code out}, in chunks: holes as holes, the rest as
     * data; the chunk that reaches the end is marked as the reply's last. Everything fits if {@code
     * out} has {@link IoBuffer#HEADER_BYTES} more room than {@code length}.
     *
     * @param whole whether it must all be in one chunk, which then has room
     * @return bytes of the range that are answered
     */
    long readChunks(long cookie, long offset, long length, boolean whole, IoBuffer out) {
        long end = offset + length;
        long at = offset;
        for (int chunks = 1; at < end; chunks++) {
            long extent = device.extent(at, end - at);
            long run = Math.abs(extent);
            boolean hole = extent < 0;
            if (run < end - at && (whole || chunks == MAX_CHUNKS)) {
                run = end - at;
                hole = false;
            }
            if (hole) {
                ReplyWriter.holeChunk(out, at + run == end, cookie, at, run);
            } else {
                int room = out.writableBytes() - ReplyWriter.DATA_CHUNK_BYTES;
                if (run > room) {
                    run = ((at + room) & -Pages.SIZE) - at;
                }
                if (run <= 0 || chunks > MAX_CHUNKS) {
                    break;
                }
                ReplyWriter.dataChunk(out, at + run == end, cookie, at, (int) run);
                readRaw(at, (int) run, out);
            }
            at += run;
        }
        return at - offset;
    }

    private void blockStatus(NbdRequest request, IoBuffer out) {
        blockStatus(
                request.cookie(),
                request.offset(),
                request.length(),
                request.has(NbdProtocol.CMD_FLAG_REQ_ONE),
                out);
    }

    /** Answers with runs of data and holes from {@code offset}; the client asks again for more. */
    void blockStatus(long cookie, long offset, long length, boolean onlyOne, IoBuffer out) {
        int start = ReplyWriter.beginBlockStatus(out, cookie);
        long end = offset + length;
        long at = offset;
        int most = onlyOne ? 1 : MAX_EXTENTS;
        for (int extents = 0; at < end && extents < most; extents++) {
            long extent = device.extent(at, end - at);
            out.writeInt((int) Math.abs(extent));
            out.writeInt(extent < 0 ? NbdProtocol.STATE_HOLE | NbdProtocol.STATE_ZERO : 0);
            at += Math.abs(extent);
        }
        ReplyWriter.endBlockStatus(out, start);
    }

    /**
     * A failed execution.
     *
     * @param error the client's answer
     * @param message for people
     */
    record Failure(NbdError error, String message) {
        /** Total: what is not the device's own failure is a bug of ours and reads as I/O error. */
        static Failure of(RuntimeException e) {
            if (e instanceof BlockIoException failure) {
                return new Failure(
                        NbdError.from(failure), Objects.requireNonNullElse(e.getMessage(), ""));
            }
            ServerLog.unexpected(e);
            return new Failure(NbdError.EIO, "internal error of the server");
        }
    }
}
