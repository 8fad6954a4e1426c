package io.trueno.zram.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout whose Maven and JDK only say that they were called. */
class LauncherTest {
    @TempDir(factory = MemoryTempDir.class)
    Path folder;

    private Path checkout;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectories(folder.resolve("check out"));
        Files.createDirectories(checkout.resolve(".mvn"));
        Files.createDirectories(checkout.resolve("agent/src/main/dist/bin"));
        Files.createDirectories(folder.resolve("jdk/bin"));
        Files.writeString(checkout.resolve("pom.xml"), "");
        Files.writeString(checkout.resolve("agent/pom.xml"), "");
        Files.writeString(checkout.resolve("agent/src/main/A.java"), "");
        Files.copy(
                Path.of("../trueno-zram"),
                checkout.resolve("trueno-zram"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(checkout.resolve("agent/src/main/dist/lib"));
        for (String file : List.of("bin/trueno-zram", "lib/guard")) {
            Files.copy(
                    Path.of("src/main/dist", file),
                    checkout.resolve("agent/src/main/dist").resolve(file),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        script(checkout.resolve(".mvn/jdk25"), "echo '" + folder.resolve("jdk") + "'");
        script(
                checkout.resolve("mvnw"),
                "echo built >>'" + folder + "/builds'",
                "cd \"$(dirname \"$0\")/agent\"; mkdir -p target/trueno-zram-1/lib",
                "cp -r src/main/dist/. ../.mvn/jdk25 target/trueno-zram-1",
                "mv target/trueno-zram-1/jdk25 target/trueno-zram-1/lib",
                "touch target/trueno-zram-1.tar.gz target/trueno-zram-agent-1.jar");
        Files.writeString(folder.resolve("jdk/release"), "OS_ARCH=\"x86_64\"\n");
        script(folder.resolve("jdk/bin/java"), "for a in \"$@\"; do echo \"$a\"; done");
        for (Path path : List.of(checkout.resolve("pom.xml"), checkout.resolve(".mvn"))) {
            Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
        }
    }

    private static void script(Path path, String... lines) throws IOException {
        Files.writeString(path, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Run(int exit, List<String> out, String err) {}

    private Run launch(Path launcher, Path from, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        Collections.addAll(command, args);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(from.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().put("TRUENO_ZRAM_RUNTIME_DIR", folder.toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readAllLines(out), Files.readString(err));
    }

    private Run launch(String... args) throws Exception {
        return launch(checkout.resolve("trueno-zram"), folder, args);
    }

    private long builds() throws IOException {
        Path builds = folder.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    @Test
    void theFirstRunBuildsAndTheNextDoesNot() throws Exception {
        Run first = launch("list");
        assertThat(first.exit()).isZero();
        assertThat(first.err())
                .isEqualTo("trueno-zram: building (the first time takes some minutes)\n");
        Run second = launch("list");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void aSourceThatIsNewerIsBuilt() throws Exception {
        launch("list");
        Files.setLastModifiedTime(
                checkout.resolve("agent/src/main/A.java"),
                FileTime.from(Instant.now().plusSeconds(10)));
        launch("list");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void argumentsPassUnchangedThroughALinkFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("z"), checkout.resolve("trueno-zram"));
        Run run = launch(link, Path.of("/"), "agent", "two words", "", "$HOME", "*");
        assertThat(run.exit()).isZero();
        List<String> out = run.out();
        int main = out.indexOf(Main.class.getName());
        assertThat(out.subList(main + 1, out.size()))
                .containsExactly("agent", "two words", "", "$HOME", "*");
        assertThat(out).contains("--add-modules=jdk.incubator.vector", "-XX:+UseSerialGC");
    }

    @Test
    void theAgentIsPreparedForSwapBeforeItsJvmStarts() throws Exception {
        script(folder.resolve("jdk/bin/java"), "echo \"prepared=${ZRAM_AGENT_PREPARED:-}\"");
        assertThat(launch("agent").out()).containsExactly("prepared=1");
        assertThat(launch("list").out()).containsExactly("prepared=");
    }

    @Test
    void aBuildThatFailsIsSaidInALineAndNotKept() throws Exception {
        script(checkout.resolve("mvnw"), "echo '[ERROR] A.java: no'", "exit 1");
        Run run = launch("list");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .endsWith(
                        "A.java: no\ntrueno-zram: the build failed: see "
                                + checkout
                                + "/agent/target/build.log\n");
        assertThat(launch("list").exit()).isEqualTo(1);
    }

    @Test
    void withoutAJdkTheBuildIsNotTried() throws Exception {
        script(checkout.resolve(".mvn/jdk25"), "echo 'no JDK 25 found' >&2", "exit 1");
        Run run = launch("list");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("no JDK 25 found\n");
        assertThat(builds()).isZero();
    }
}
