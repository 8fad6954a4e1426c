package io.trueno.zram.vmtests.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command of this machine to its end. */
final class HostCommand {
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private HostCommand() {}

    /**
     * What the command wrote to standard output.
     *
     * @throws IOException if it does not exist, fails or does not end; with its standard error
     */
    static byte[] output(List<String> command) throws IOException {
        Path out = Files.createTempFile("command", ".out");
        Path err = Files.createTempFile("command", ".err");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            process.getOutputStream().close();
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("does not end: " + String.join(" ", command));
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        String.join(" ", command) + ": " + Files.readString(err).strip());
            }
            return Files.readAllBytes(out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + String.join(" ", command), e);
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** As {@link #output}, as text without the last line's end. */
    static String text(String... command) throws IOException {
        return new String(output(List.of(command)), UTF_8).strip();
    }
}
