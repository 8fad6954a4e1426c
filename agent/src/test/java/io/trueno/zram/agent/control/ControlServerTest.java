package io.trueno.zram.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.agent.MemoryTempDir;
import io.trueno.zram.agent.device.BlockStates;
import io.trueno.zram.agent.device.DeviceException;
import io.trueno.zram.agent.device.DeviceRegistry;
import io.trueno.zram.agent.device.DeviceTransports;
import io.trueno.zram.agent.device.RecordingExports;
import io.trueno.zram.agent.device.StateFolder;
import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceDefaults;
import io.trueno.zram.config.StorePolicy;
import io.trueno.zram.ublk.process.SwapCheck;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives on the control socket need not be from our client. */
@Timeout(60)
class ControlServerTest {
    private final Path folder;
    private final RecordingExports exports = new RecordingExports();
    private final DeviceRegistry devices;
    private final ControlServer server;

    ControlServerTest(@TempDir(factory = MemoryTempDir.class) Path folder) {
        this.folder = folder;
        devices =
                new DeviceRegistry(
                        new DeviceDefaults(
                                OptionalLong.empty(),
                                "lz4",
                                StorePolicy.SPEED,
                                0,
                                0,
                                1 << 20,
                                DeviceBackend.AUTO,
                                true),
                        new DeviceTransports(RecordingExports.unavailable("no ublk"), exports),
                        new StateFolder(folder));
        server = new ControlServer(devices, new TestAgent());
    }

    private static final class TestAgent implements ControlledAgent {
        @Override
        public AgentStatus status() {
            return new AgentStatus("test", 1, 2, 3, "SCALAR", 0, null);
        }

        @Override
        public List<SwapCheck> swapChecks() {
            return List.of(SwapCheck.of("memory-locked", false, "0 MiB", "allow it"));
        }

        @Override
        public UpgradeReply upgrade() {
            throw new DeviceException(DeviceException.Kind.FAILED, "nothing is upgraded");
        }
    }

    @BeforeEach
    void listen() throws IOException {
        server.listen(folder.resolve(ControlSocket.NAME));
    }

    @AfterEach
    void close() {
        server.close();
        devices.close();
    }

    private String exchange(byte[] bytes) throws IOException {
        try (SocketChannel channel =
                SocketChannel.open(
                        UnixDomainSocketAddress.of(folder.resolve(ControlSocket.NAME)))) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            try {
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.shutdownOutput();
                return new String(
                        Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return "cut off"; // the server has closed before it had read everything
            }
        }
    }

    private String exchange(String text) throws IOException {
        return exchange(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String post(String path, String body) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    private void assertStillServes() {
        assertThat(new ControlClient(folder).agent().version()).isEqualTo("test");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\0\0\0\r\n\r\n",
                "GARBAGE\r\n\r\n",
                "GET\r\n\r\n",
                "GET /v1/agent HTTP/9.9.9\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /v1/devices HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                "POST /v1/devices HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST /v1/devices HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
                "POST /v1/devices HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            })
    void whatIsNotHttpIsRefusedAndTheNextOneServed(String request) throws IOException {
        assertThat(exchange(request)).matches("(?s)(HTTP/1.1 4\\d\\d .*)?");
        assertStillServes();
    }

    @Test
    void randomBytesDoNotStopIt() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[random.nextInt(2000)];
            random.nextBytes(bytes);
            exchange(bytes);
        }
        assertStillServes();
    }

    @Test
    void everyTruncationOfARequestIsSurvived() throws IOException {
        String request = post("/v1/devices", "{\"size_bytes\":4096}");
        for (int length = 0; length < request.length(); length++) {
            exchange(request.substring(0, length));
        }
        assertThat(devices.list()).isEmpty();
        assertStillServes();
    }

    @Test
    void aBodyThatIsTooLongIsRefusedBeforeItIsRead() throws IOException {
        String head = "POST /v1/devices HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n";
        assertThat(exchange(head)).startsWith("HTTP/1.1 413 ");
        assertThat(exchange(post("/v1/devices", " ".repeat(1 << 20))))
                .matches("(?s)(HTTP/1.1 413 .*|cut off)");
        assertStillServes();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | the body must be a JSON object",
                "[] | the body must be a JSON object",
                "null | the body must be a JSON object",
                "{ | the body is not what it should be",
                "{size_bytes:1} | the body is not what it should be",
                "{\"size_bytes\":1}x | the body is not what it should be",
                "{\"size\":1} | unknown member 'size': use name, size_bytes,",
                "{\"size_bytes\":\"big\"} | the body is not what it should be",
                "{\"size_bytes\":1e99} | the body is not what it should be",
                "{\"size_bytes\":1.5} | the body is not what it should be",
                "{\"size_bytes\":{}} | the body is not what it should be",
                "{\"size_bytes\":-1} | size out of range",
                "{\"size_bytes\":4096,\"name\":\"../x\"} | not a device name",
                "{\"size_bytes\":4096,\"mem_limit_bytes\":-1} | memLimitBytes=-1",
                "{} | a device needs a size",
            })
    void aBadBodyIsNamed(String body, String message) throws IOException {
        assertThat(exchange(post("/v1/devices", body)))
                .startsWith("HTTP/1.1 400 ")
                .contains(message)
                .doesNotContain("java.");
        assertThat(devices.list()).isEmpty();
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        String deep = "{\"name\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        assertThat(exchange(post("/v1/devices", deep))).startsWith("HTTP/1.1 400 ");
        assertStillServes();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 404",
        "GET, /v1/devices/zram0, 404",
        "GET, /v1/devices/zram0/other, 404",
        "GET, /v1/devices/../agent, 404",
        "DELETE, /v1/devices, 405",
        "PUT, /metrics, 405",
        "GET, /v1/devices/zram0/reset, 405",
        "DELETE, /v1/devices/zram0, 404",
        "GET, /v1/devices, 200",
        "GET, /metrics, 200",
    })
    void routesAnswerWithTheirStatus(String method, String path, int status) throws IOException {
        assertThat(exchange(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void aRequestSentBehindAnotherIsNotCarriedOut() throws IOException {
        String two = post("/v1/devices", "{\"size_bytes\":4096}").repeat(2);
        assertThat(exchange(two)).startsWith("HTTP/1.1 201 ");
        assertThat(devices.list()).hasSize(1);
    }

    @Test
    void theClientSpeaksToEveryRoute() {
        ControlClient client = new ControlClient(folder);
        var created =
                client.create(
                        new io.trueno.zram.agent.device.DeviceRequest(
                                "zram4", 8192L, "lz4", "speed", 0L, 0L, 1L << 20, "auto", true));
        assertThat(created.name()).isEqualTo("zram4");
        assertThat(client.list()).containsExactly(client.status("zram4"));
        var change = new io.trueno.zram.agent.device.DeviceChange(null, 4096L, true);
        assertThat(client.change("zram4", change).stats().memLimit()).isEqualTo(4096);
        assertThat(client.blockStates("zram4", 0)).isEqualTo(new BlockStates(List.of(), null));
        assertThat(client.compact("zram4").savedBytes()).isZero();
        assertThat(client.reset("zram4", false).stats().memLimit()).isZero();
        assertThat(client.metrics()).contains("trueno_zram_clients{device=\"zram4\"} 0\n");
        client.remove("zram4", false);
        assertThat(client.list()).isEmpty();
    }
}
