package io.trueno.zram.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.trueno.zram.agent.ProgramProcess.Outcome;
import io.trueno.zram.agent.control.ControlClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Start and end of an agent, and what it refuses to start on. */
class AgentLifecycleTest {
    @TempDir(factory = MemoryTempDir.class)
    Path folder;

    private List<String> filesLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aSignalEndsItWithSuccessAndWithoutSockets(String signal) throws Exception {
        // A shell's background jobs ignore SIGINT, and so would the agent when tests run in one.
        List<String> heeding = List.of("env", "--default-signal=" + signal);
        try (AgentProcess agent = AgentProcess.start(heeding, folder)) {
            agent.run("create", "--size", "16M");
            assertThat(filesLeft()).contains("agent.lock", "control.sock", "nbd.sock", "zram0");
            assertThat(agent.end(signal)).isZero();
            assertThat(filesLeft()).containsExactly("agent.lock", "zram0");
            assertThat(agent.said()).doesNotContain("ERROR").doesNotContain("SEVERE");
        }
    }

    @Test
    void socketsAreTheOwnersAloneWhateverTheUmask() throws Exception {
        List<String> umask = List.of("sh", "-c", "umask 000; exec \"$@\"", "sh");
        try (AgentProcess _ = AgentProcess.start(umask, folder)) {
            for (String socket : List.of("control.sock", "nbd.sock", "agent.lock")) {
                assertThat(
                                PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(folder.resolve(socket))))
                        .as(socket)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void aSecondAgentIsRefusedInOneLineAndTheFirstGoesOn() throws Exception {
        try (AgentProcess first = AgentProcess.start(folder)) {
            Outcome second = ProgramProcess.run(folder, "agent");
            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.err())
                    .isEqualTo(
                            "trueno-zram agent: another agent (process "
                                    + first.process().pid()
                                    + ") runs in "
                                    + folder
                                    + ": stop it, or choose another with --runtime-dir");
            assertThat(first.run("list").exit()).isZero();
        }
    }

    @Test
    void whatAKilledAgentLeftBehindIsReplaced() throws Exception {
        try (AgentProcess killed = AgentProcess.start(folder)) {
            killed.end("KILL");
        }
        assertThat(filesLeft()).contains("control.sock", "nbd.sock");
        try (AgentProcess next = AgentProcess.start(folder)) {
            assertThat(next.run("create", "--size", "1M").exit()).isZero();
            assertThat(next.end("TERM")).isZero();
        }
    }

    @Test
    void anNbdSocketOfAnotherServerIsRefused() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        try (AgentProcess _ = AgentProcess.start(other)) {
            Path mine = Files.createDirectory(folder.resolve("mine"));
            Outcome outcome =
                    ProgramProcess.run(
                            mine, "agent", "--nbd-socket", other.resolve("nbd.sock").toString());
            assertThat(outcome.exit()).isEqualTo(1);
            assertThat(outcome.err()).contains("another server listens on " + other);
        }
    }

    @Test
    void somethingElseInTheWayOfASocketIsLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("control.sock"), "precious");
        Outcome outcome = ProgramProcess.run(folder, "agent");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains(file + " is in the way and no socket: move it away");
        assertThat(file).hasContent("precious");
        assertThat(filesLeft()).containsExactly("agent.lock", "control.sock");
    }

    @Test
    void aFolderThatOthersCanWriteIsRefused() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Outcome outcome = ProgramProcess.run(folder, "agent");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("can be written by others: chmod 0700 it");
    }

    @Test
    void aSymbolicLinkInPlaceOfTheFolderIsRefused() throws Exception {
        Path target = Files.createDirectory(folder.resolve("target"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        Outcome outcome = ProgramProcess.run(link, "agent");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains(link + " is not a folder");
    }

    @Test
    void aPathTooLongForASocketIsNamed() throws Exception {
        Path deep = folder.resolve("d".repeat(100));
        Outcome outcome = ProgramProcess.run(deep, "agent");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("path too long for a socket: ").contains("shorter");
    }

    @Test
    void configuredDevicesAreThereAndUnknownKeysWarn() throws Exception {
        Path config = folder.resolve("my.conf");
        Files.writeString(
                config, "[default]\nsize = 8M\n[zram2]\nmem-limt = 1M\n[zram0]\nsize = 4M\n");
        try (AgentProcess agent = AgentProcess.start(folder, "--config", config.toString())) {
            assertThat(agent.run("list").out().lines().map(l -> l.split(" +", -1)[1]))
                    .containsExactly("SIZE", "4M", "8M");
            assertThat(agent.said())
                    .contains(
                            "WARNING: "
                                    + config
                                    + ": unknown key mem-limt in [zram2], ignored: did you mean"
                                    + " mem-limit?");
            assertThat(agent.run("create").out()).startsWith("nbd+unix:///zram1?");
        }
    }

    @Test
    void aBadValueIsOneLineThatNamesFileKeyAndValue() throws Exception {
        Path config = folder.resolve("my.conf");
        Files.writeString(config, "[zram0]\nsize = much\n");
        Outcome outcome = ProgramProcess.run(folder, "agent", "--config", config.toString());
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err())
                .startsWith("trueno-zram agent: " + config + ": [zram0] size = 'much': not a size");
        assertThat(outcome.err().lines()).hasSize(1);
    }

    @Test
    void aDeviceThatThisBuildCannotMakeStopsTheStart() throws Exception {
        Path config = folder.resolve("my.conf");
        Files.writeString(config, "[zram0]\nsize = 17T\n");
        Outcome outcome = ProgramProcess.run(folder, "agent", "--config", config.toString());
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("device zram0: size out of range");
        assertThat(filesLeft()).containsExactly("agent.lock", "my.conf");
    }

    @Test
    void metricsAreServedOnTcpAndNothingElseIs() throws Exception {
        try (AgentProcess agent = AgentProcess.start(folder, "--metrics-listen", "0");
                HttpClient http = HttpClient.newHttpClient()) {
            agent.run("create", "--size", "1M");
            Matcher address =
                    Pattern.compile("metrics at (http://127.0.0.1:\\d+)/metrics")
                            .matcher(agent.said());
            assertThat(address.find()).isTrue();
            String metrics = get(http, address.group(1) + "/metrics", 200);
            assertThat(metrics)
                    .contains("trueno_zram_device_size_bytes{device=\"zram0\"} 1048576\n")
                    .endsWith("\n");
            get(http, address.group(1) + "/v1/devices", 404);
            assertThat(new ControlClient(folder).metrics()).contains("# TYPE trueno_zram_");
        }
    }

    @Test
    void nbdIsServedOnTcpWhereAskedFor() throws Exception {
        try (AgentProcess agent = AgentProcess.start(folder, "--nbd-listen", "0")) {
            Matcher address =
                    Pattern.compile("NBD at nbd://127.0.0.1:(\\d+)").matcher(agent.said());
            assertThat(address.find()).isTrue();
            int port = Integer.parseInt(address.group(1));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(new String(socket.getInputStream().readNBytes(8), US_ASCII))
                        .isEqualTo("NBDMAGIC");
            }
        }
    }

    @Test
    void anAddressInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());
            for (String flag : List.of("--nbd-listen", "--metrics-listen")) {
                Outcome outcome = ProgramProcess.run(folder, "agent", flag, "0.0.0.0:" + port);
                assertThat(outcome.exit()).isEqualTo(1);
                assertThat(outcome.err().lines().filter(l -> l.contains("cannot listen on")))
                        .singleElement(STRING)
                        .contains(port);
                assertThat(filesLeft()).containsExactly("agent.lock");
            }
        }
    }

    private static String get(HttpClient http, String uri, int status) throws Exception {
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(URI.create(uri)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(status);
        return response.body();
    }
}
