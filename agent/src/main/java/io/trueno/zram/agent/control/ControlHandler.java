package io.trueno.zram.agent.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns one HTTP request into a {@link ControlRequest} and its reply into a response. One request
 * per connection: the reply closes it, so a client has at most one at work.
 */
final class ControlHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = System.getLogger(ControlHandler.class.getName());

    private final Function<ControlRequest, ControlReply> serve;
    private final Executor workers;
    private boolean taken;

    ControlHandler(Function<ControlRequest, ControlReply> serve, Executor workers) {
        this.serve = serve;
        this.workers = workers;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
        if (taken) {
            return; // sent behind the first request; the reply to that one ends the connection
        }
        taken = true;
        context.channel().config().setAutoRead(false);
        context.pipeline().remove(ReadTimeoutHandler.class); // the client now waits for us
        ControlReply refusal = refusalOf(message);
        if (refusal != null) {
            reply(context, refusal);
            return;
        }
        ControlRequest request = requestOf(message);
        try {
            workers.execute(() -> answer(context, request));
        } catch (RejectedExecutionException e) {
            reply(context, ControlReply.error(503, "the agent is busy or stopping: try again"));
        }
    }

    /** Whatever happens, the client is not left waiting. */
    private void answer(ChannelHandlerContext context, ControlRequest request) {
        ControlReply reply = ControlReply.error(500, "internal error, see the agent's log");
        try {
            reply = serve.apply(request);
        } finally {
            reply(context, reply);
        }
    }

    private static @Nullable ControlReply refusalOf(FullHttpRequest message) {
        if (message.decoderResult().isFailure()) {
            return ControlReply.error(400, "not an HTTP request");
        }
        try {
            new QueryStringDecoder(message.uri()).parameters();
            return null;
        } catch (IllegalArgumentException e) {
            return ControlReply.error(400, "not a request path");
        }
    }

    private static ControlRequest requestOf(FullHttpRequest message) {
        QueryStringDecoder uri = new QueryStringDecoder(message.uri());
        return new ControlRequest(
                message.method().name(),
                uri.path(),
                uri.parameters().getOrDefault("force", List.of()).equals(List.of("true")),
                message.content().toString(StandardCharsets.UTF_8));
    }

    private static void reply(ChannelHandlerContext context, ControlReply reply) {
        ByteBuf body = Unpooled.copiedBuffer(reply.body(), StandardCharsets.UTF_8);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, "close");
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.log(Level.DEBUG, "control connection failed", cause);
        var _ = context.close(); // nobody waits for it
    }
}
