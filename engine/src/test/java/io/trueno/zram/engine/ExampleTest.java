package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** The example that the README shows runs as the README says. */
class ExampleTest {
    private static final Path ENGINE = Path.of("").toAbsolutePath();

    @Test
    void theReadmesExampleRuns() throws Exception {
        Process example =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElse("java"),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                ENGINE.resolve("target/classes") + ":" + jarOf(Histogram.class),
                                ENGINE.resolve("examples/KeepPages.java").toString(),
                                ENGINE.resolve("pages/gcc.pages").toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String output = new String(example.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(example.waitFor()).isZero();
        assertThat(output)
                .contains("page 7 is back: true")
                .contains("393216 bytes of pages packed to ");
    }

    private static Path jarOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    @Test
    void theReadmeShowsTheExampleAsItIs() throws IOException {
        String readme = Files.readString(ENGINE.resolve("README.md"));
        String example = Files.readString(ENGINE.resolve("examples/KeepPages.java"));
        int start = readme.indexOf("```java\n") + "```java\n".length();
        String shown = readme.substring(start, readme.indexOf("```", start));
        shown.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(line -> assertThat(example).contains(line));
    }
}
