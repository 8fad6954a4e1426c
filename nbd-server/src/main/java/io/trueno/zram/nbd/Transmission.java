package io.trueno.zram.nbd;

import io.netty.buffer.ByteBuf;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.nbd.RequestServer.Failure;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The transmission phase of one connection. Short requests are executed where they are decoded, as
 * a page costs less than handing it to another thread. Long ones go to the workers, so that short
 * ones overtake them. A write's payload goes to the device as it arrives, page by page, so that it
 * takes no more memory than the receive buffer however long it claims to be.
 */
final class Transmission implements Phase {
    /** Long requests of one connection under way at a time; each holds one buffer. */
    private static final int MAX_LONG_REQUESTS = 4;

    /**
     * Payload of a refused write that is skipped; a client that sends more loses the connection.
     */
    static final long MAX_SKIPPED_BYTES = 64L << 20;

    /**
     * After so many bytes read or written, replies are sent before the rest of a batch is executed:
     * the client takes them meanwhile, which is worth more than the system call that it costs.
     */
    private static final int EARLY_FLUSH_BYTES = 32 << 10;

    private final RequestServer server;
    private final Output out;
    private final BufferPool buffers;
    private final Executor workers;
    private final Executor eventLoop;

    private final NbdRequest request = new NbdRequest();
    private long payloadLeft;
    private @Nullable Failure payloadFailure;

    private final ArrayDeque<LongRequest> waitingForOutput = new ArrayDeque<>();
    private int longRequests;
    private long bytesSinceFlush;

    /**
     * A request that must have the connection for itself: held until it can start, then running.
     */
    private @Nullable LongRequest held;

    private boolean heldIsRunning;
    private boolean draining;
    private boolean ended;

    /**
     * @param buffers for the replies of long requests
     * @param eventLoop the connection's, where everything here is called
     */
    Transmission(
            RequestServer server,
            Output out,
            BufferPool buffers,
            Executor workers,
            Executor eventLoop) {
        this.server = server;
        this.out = out;
        this.buffers = buffers;
        this.workers = workers;
        this.eventLoop = eventLoop;
    }

    @Override
    public boolean isWaiting() {
        return ended
                || (draining && payloadLeft == 0)
                || held != null
                || longRequests >= MAX_LONG_REQUESTS
                || out.isBackedUp();
    }

    @Override
    public boolean advance(ByteBuf in) {
        if (isWaiting()) {
            return false;
        }
        if (payloadLeft > 0) {
            return payload(in);
        }
        if (in.readableBytes() < NbdRequest.BYTES) {
            return false;
        }
        if (!request.decode(in)) {
            ended = true;
            out.drop("bad request magic");
            return false;
        }
        begin();
        return true;
    }

    private void begin() {
        NbdCommand command = request.command();
        if (command == NbdCommand.DISCONNECT) {
            drain();
            return;
        }
        Refusal refusal = server.refuse(request);
        if (command == NbdCommand.WRITE && request.length() > 0) {
            beginPayload(refusal);
        } else if (refusal != null) {
            ReplyWriter.error(
                    out.room(RequestServer.replyBytes(request)),
                    server.session(),
                    request.cookie(),
                    refusal.error(),
                    refusal.message());
        } else if (RequestServer.isShort(Objects.requireNonNull(command), request.length())) {
            server.execute(request, out.room(RequestServer.replyBytes(request)));
            answered(request.length());
        } else {
            beginLong(new LongRequest(server, request));
        }
    }

    private void beginPayload(@Nullable Refusal refusal) {
        payloadLeft = request.length();
        payloadFailure = refusal == null ? null : new Failure(refusal.error(), refusal.message());
        if (refusal != null && payloadLeft > MAX_SKIPPED_BYTES) {
            ended = true;
            out.drop("refused write is too long to skip");
        }
    }

    /** Stores, or after a failure skips, what there is of the payload. */
    private boolean payload(ByteBuf in) {
        long offset = request.offset() + request.length() - payloadLeft;
        int taken = payloadFailure == null ? storable(offset, in) : skippable(in);
        if (taken == 0) {
            return false;
        }
        if (payloadFailure == null) {
            payloadFailure =
                    server.writePart(offset, ((IoBuffer) in).segment(), in.readerIndex(), taken);
        }
        in.skipBytes(taken);
        payloadLeft -= taken;
        if (payloadLeft == 0) {
            server.finishWrite(request, payloadFailure, out.room(IoBuffer.HEADER_BYTES));
            answered(request.length());
            endIfIdle();
        }
        return true;
    }

    private void answered(long bytes) {
        bytesSinceFlush += bytes;
        if (bytesSinceFlush >= EARLY_FLUSH_BYTES) {
            bytesSinceFlush = 0;
            out.flush();
        }
    }

    private int skippable(ByteBuf in) {
        return (int) Math.min(payloadLeft, in.readableBytes());
    }

    /** Ends at a page's end, lest the page be stored twice. */
    private int storable(long offset, ByteBuf in) {
        int here = in.readableBytes();
        if (here >= payloadLeft) {
            return (int) payloadLeft;
        }
        long pagesEnd = (offset + here) & -Pages.SIZE;
        return (int) Math.max(0, pagesEnd - offset);
    }

    private void beginLong(LongRequest longRequest) {
        if (longRequest.needsTheConnection()) {
            held = longRequest;
            startHeldIfAlone();
        } else {
            start(longRequest);
        }
    }

    private void startHeldIfAlone() {
        if (held != null && !heldIsRunning && longRequests == 0) {
            heldIsRunning = true;
            start(held);
        }
    }

    private void start(LongRequest longRequest) {
        longRequests++;
        step(longRequest);
    }

    private void step(LongRequest longRequest) {
        try {
            workers.execute(() -> work(longRequest));
        } catch (RejectedExecutionException e) {
            ended = true;
            out.drop("server is closed");
        }
    }

    /** On a worker's thread. */
    private void work(LongRequest longRequest) {
        IoBuffer reply = buffers.take();
        try {
            longRequest.step(reply);
        } catch (Error e) {
            // Such as a fault in mapped memory. Better no connection than a reply that never comes.
            reply.release();
            backOnEventLoop(() -> out.drop("worker failed: " + e));
            throw e;
        }
        if (!backOnEventLoop(() -> stepped(longRequest, reply))) {
            reply.release();
        }
    }

    /** Whether there still is an event loop: not when the server is closed. */
    private boolean backOnEventLoop(Runnable task) {
        try {
            eventLoop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void stepped(LongRequest longRequest, IoBuffer reply) {
        if (ended) {
            reply.release();
            longRequests--;
            return;
        }
        if (longRequest.isBroken()) {
            reply.release();
            ended = true;
            out.drop("read failed after its reply had begun");
            return;
        }
        out.append(reply);
        if (!longRequest.isFinished()) {
            if (out.isBackedUp()) {
                waitingForOutput.add(longRequest);
            } else {
                step(longRequest);
            }
        } else {
            longRequests--;
            if (held == longRequest) {
                held = null;
                heldIsRunning = false;
            }
            startHeldIfAlone();
            endIfIdle();
        }
        out.resume();
    }

    @Override
    public void outputIsWritable() {
        while (!waitingForOutput.isEmpty() && !out.isBackedUp()) {
            step(waitingForOutput.poll());
        }
    }

    @Override
    public void drain() {
        draining = true;
        endIfIdle();
    }

    private void endIfIdle() {
        boolean idle = longRequests == 0 && held == null && payloadLeft == 0;
        if (draining && idle && !ended) {
            ended = true;
            out.finish();
        }
    }

    @Override
    public void closed() {
        ended = true;
    }
}
