package io.trueno.zram.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.agent.Main;
import io.trueno.zram.agent.MemoryTempDir;
import io.trueno.zram.agent.bench.PageSet;
import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartBenchTest {
    private static final int PAGES = 256;

    @TempDir(factory = MemoryTempDir.class)
    Path folder;

    @Test
    void startsAreMeasuredAndNothingIsLeftBehind() throws Exception {
        List<Path> before = runtimeFolders();
        StartBench.Result result = measure(agent());
        assertThat(result.rounds()).isEqualTo(2);
        assertThat(result.seconds()).isBetween(result.least_seconds(), result.most_seconds());
        assertThat(result.cpu_seconds()).isPositive();
        assertThat(result.thousand_seconds()).isGreaterThan(result.least_seconds());
        assertThat(runtimeFolders()).isEqualTo(before);
    }

    @Test
    void anAgentThatDoesNotServeIsQuoted() throws Exception {
        Path launcher = launcher("echo no memory today; exit 1");
        assertThatThrownBy(() -> measure(launcher))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not serve: no memory today");
    }

    private static StartBench.Result measure(Path launcher) throws Exception {
        Path samples = Path.of(System.getProperty("trueno.zram.pages")).resolve("gcc.pages");
        return StartBench.run(
                launcher, PageSet.load(List.of(samples)), PAGES * Pages.SIZE, 2, done -> {});
    }

    private Path agent() throws IOException {
        return launcher(
                "exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp '%s' %s \"$@\""
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
    }

    private Path launcher(String line) throws IOException {
        Path script = folder.resolve("launcher");
        Files.writeString(script, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private static List<Path> runtimeFolders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(f -> f.getFileName().toString().startsWith("trueno-zram-start"))
                    .toList();
        }
    }
}
