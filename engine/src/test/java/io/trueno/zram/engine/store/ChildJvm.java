package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the tests in a process of its own, where less may be allowed. */
final class ChildJvm {
    private ChildJvm() {}

    /** What a process that ended well has printed. */
    record Outcome(List<String> out, String err) {}

    /**
     * Runs to the end.
     *
     * @param prefix a command that starts the rest of its arguments
     */
    static Outcome run(List<String> prefix, Class<?> main, String... args) throws Exception {
        Path err = Files.createTempFile("child", ".err");
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dtrueno.zram.pages=" + System.getProperty("trueno.zram.pages"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
        try {
            List<String> out = process.inputReader().lines().toList();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            String said = Files.readString(err);
            assertThat(process.exitValue()).as(said).isZero();
            return new Outcome(out, said);
        } finally {
            process.destroyForcibly();
            Files.delete(err);
        }
    }
}
