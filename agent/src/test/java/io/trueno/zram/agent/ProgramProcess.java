package io.trueno.zram.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.trueno.zram.agent.cli.CommandLineProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Starts the program as a process of its own, and waits for things with a deadline. */
public final class ProgramProcess {
    private static final long DEADLINE_SECONDS = 60;

    private ProgramProcess() {}

    /**
     * What a command left behind.
     *
     * @param err without what the JVM itself warns of
     */
    public record Outcome(int exit, String out, String err) {}

    /** Runs a command against the agent in {@code runtimeDirectory} to its end. */
    public static Outcome run(Path runtimeDirectory, String... args) throws Exception {
        Path out = Files.createTempFile("out", null);
        Path err = Files.createTempFile("err", null);
        try {
            Process process = start(runtimeDirectory, out, err, args);
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the command does not end: " + List.of(args));
            }
            return new Outcome(process.exitValue(), Files.readString(out), said(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Starts a command. */
    public static Process start(Path runtimeDirectory, Path out, Path err, String... args)
            throws IOException {
        return start(List.of(), runtimeDirectory, out, err, args);
    }

    /**
     * Starts a command.
     *
     * @param prefix words before {@code java}, such as a shell that sets something first
     */
    public static Process start(
            List<String> prefix, Path runtimeDirectory, Path out, Path err, String... args)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        Collections.addAll(
                command,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dtrueno.zram.pages=" + System.getProperty("trueno.zram.pages"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
        Collections.addAll(command, args);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("TRUENO_ZRAM_"));
        environment.put("TRUENO_ZRAM_RUNTIME_DIR", runtimeDirectory.toString());
        environment.put("TRUENO_ZRAM_DEFAULT_BACKEND", "nbd"); // the same tests on every kernel
        environment.put("TRUENO_ZRAM_DEFAULT_ATTACH", "no"); // and none of the machine's devices
        return builder.start();
    }

    /** What a process said on standard error, without the JVM's own warnings. */
    public static String said(Path err) throws IOException {
        return String.join(
                "\n", Files.readAllLines(err).stream().filter(ProgramProcess::isOurs).toList());
    }

    /** Neither the JVM's nor of the logging facade that a test library brings along. */
    private static boolean isOurs(String line) {
        return !line.startsWith("WARNING: ") && !line.startsWith("SLF4J(W): ");
    }

    /** Runs a command that needs no agent in this process. */
    public static Outcome runHere(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream oldOut = System.out;
        PrintStream oldErr = System.err;
        try {
            System.setOut(new PrintStream(out, true, UTF_8));
            System.setErr(new PrintStream(err, true, UTF_8));
            int exit = CommandLineProgram.run(args);
            return new Outcome(exit, out.toString(UTF_8), err.toString(UTF_8).strip());
        } finally {
            System.setOut(oldOut);
            System.setErr(oldErr);
        }
    }

    /** Looks again and again until {@code condition} holds. */
    public static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("still waiting for: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5); // between two looks
        }
    }
}
