package io.trueno.zram.agent.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of HTTP/1.1 as the control socket speaks: one request per connection, which the server
 * closes. The commands use it rather than an HTTP library to start quickly.
 */
final class UnixHttp {
    private static final int MAX_RESPONSE_BYTES = 64 << 20;
    private static final Pattern RESPONSE =
            Pattern.compile("HTTP/1\\.1 (\\d{3})[^\r\n]*\r\n.*?\r\n\r\n(.*)", Pattern.DOTALL);

    private final Path socket;

    UnixHttp(Path socket) {
        this.socket = socket;
    }

    /**
     * Sends a request and returns the body of a successful answer.
     *
     * @throws ControlException if there is no agent, or with the agent's words if it refuses
     */
    String request(String method, String path, String body) {
        byte[] payload = body.getBytes(StandardCharsets.UTF_8);
        String head =
                method
                        + " "
                        + path
                        + " HTTP/1.1\r\nHost: agent\r\nConnection: close\r\nContent-Length: "
                        + payload.length
                        + "\r\n\r\n";
        Matcher response =
                RESPONSE.matcher(exchange(head.getBytes(StandardCharsets.US_ASCII), payload));
        if (!response.matches()) {
            throw new ControlException(
                    "no answer on " + socket + ": the agent may have stopped, look at its log");
        }
        if (!response.group(1).startsWith("2")) {
            throw new ControlException(errorIn(response.group(2)));
        }
        return response.group(2);
    }

    private static String errorIn(String body) {
        try {
            return Json.read(body, ErrorBody.class).error();
        } catch (IllegalArgumentException e) {
            return "the agent refuses without a reason: look at its log";
        }
    }

    private String exchange(byte[] head, byte[] payload) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            send(channel, ByteBuffer.wrap(head));
            send(channel, ByteBuffer.wrap(payload));
            return receive(channel);
        } catch (IOException | IllegalArgumentException e) {
            throw new ControlException(unreachable(e), e);
        }
    }

    private static void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String receive(SocketChannel channel) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        while (channel.read(buffer) >= 0) {
            received.write(buffer.array(), 0, buffer.position());
            buffer.clear();
            if (received.size() > MAX_RESPONSE_BYTES) {
                throw new IOException("the answer is too long");
            }
        }
        return received.toString(StandardCharsets.UTF_8);
    }

    private String unreachable(Exception e) {
        if (String.valueOf(e.getMessage()).contains("ermission denied")) {
            return "no permission for " + socket + ": run this as the user who runs the agent";
        }
        return Files.exists(socket)
                ? "no agent answers on "
                        + socket
                        + " ("
                        + e.getMessage()
                        + "): start one with"
                        + " 'trueno-zram agent'"
                : "no agent is running in "
                        + socket.getParent()
                        + ": start one with 'trueno-zram agent', or name its folder with"
                        + " --runtime-dir";
    }
}
