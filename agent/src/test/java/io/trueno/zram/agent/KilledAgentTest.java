package io.trueno.zram.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.agent.ProgramProcess.Outcome;
import io.trueno.zram.engine.SamplePages;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What clients wrote before an agent was killed, they read from the next one. */
@EnabledIf("hasNbdcopy")
class KilledAgentTest {
    @TempDir(factory = MemoryTempDir.class)
    Path folder;

    static boolean hasNbdcopy() {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "nbdcopy")));
    }

    @Test
    void aDeviceOutlivesItsAgentUnderTheSameNameAndUri() throws Exception {
        outlives(folder);
    }

    @Test
    void itDoesSoToWhereTheRuntimeDirectoryIsOnADisk(@TempDir Path disk) throws Exception {
        outlives(disk);
    }

    private void outlives(Path runtimeDirectory) throws Exception {
        Path image = folder.resolve("image");
        Path copy = folder.resolve("copy");
        Files.write(image, content());
        String uri;
        try (AgentProcess first = AgentProcess.start(runtimeDirectory)) {
            uri =
                    first.run("create", "--size", Files.size(image) + "B", "-a", "zstd1")
                            .out()
                            .strip();
            nbdcopy(image.toString(), uri);
            first.end("KILL");
        }
        try (AgentProcess second = AgentProcess.start(runtimeDirectory)) {
            assertThat(second.said()).contains("device zram0 is back at " + uri);
            nbdcopy(uri, copy.toString());
            assertThat(sha256(copy)).isEqualTo(sha256(image));
            Outcome list = second.run("list", "--json");
            assertThat(list.out()).contains("\"zstd(level=1)\"").contains(uri);
            assertThat(second.run("remove", "zram0").exit()).isZero();
            second.end("TERM");
        }
        try (AgentProcess third = AgentProcess.start(runtimeDirectory)) {
            assertThat(third.run("list").out()).doesNotContain("zram0");
        }
    }

    private static byte[] content() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        SamplePages.all().forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static void nbdcopy(String from, String to) throws Exception {
        Process process = new ProcessBuilder("nbdcopy", from, to).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
