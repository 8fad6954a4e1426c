package io.trueno.zram.nbd;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the real clients. One that is missing fails the test and names its Debian package. */
final class Tools {
    private static final int DEADLINE_SECONDS = 120;

    private static final Map<String, String> PACKAGES =
            Map.of(
                    "nbdinfo", "libnbd-bin",
                    "nbdcopy", "libnbd-bin",
                    "nbdsh", "python3-libnbd",
                    "qemu-img", "qemu-utils",
                    "fio", "fio",
                    "jq", "jq");

    private Tools() {}

    /** A client at work. */
    record Running(String name, Process process, Path log) {
        /** Waits for success; returns what it printed. */
        String succeed() throws IOException, InterruptedException {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail("%s is not done after %d s:%n%s", name, DEADLINE_SECONDS, output());
            }
            if (process.exitValue() != 0) {
                fail("%s ended with %d:%n%s", name, process.exitValue(), output());
            }
            return output();
        }

        private String output() throws IOException {
            return Files.readString(log);
        }
    }

    /** Starts a client; its output goes to a file in {@code dir}. */
    static Running start(Path dir, String... command) throws IOException {
        String tool = command[0];
        boolean installed =
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
        if (!installed) {
            fail("%s is missing: apt-get install %s", tool, PACKAGES.get(tool));
        }
        Path log = Files.createTempFile(dir, tool, ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        // nbdsh runs the first python3 there is, which must be the one with the package's module.
        builder.environment().merge("PATH", "/usr/bin", (path, bin) -> bin + ":" + path);
        Process process = builder.start();
        process.getOutputStream().close();
        return new Running(tool, process, log);
    }

    /** Runs a client that must succeed; returns what it printed. */
    static String run(Path dir, String... command) throws IOException, InterruptedException {
        return start(dir, command).succeed();
    }
}
