package io.trueno.zram.vmtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running guest. It sees this machine's files, read-only below a layer of its own, and a folder
 * that both write to: {@code /run/exchange} in the guest, {@link #exchange()} here. Commands run
 * one after the other, as root. Used by one thread at a time.
 */
public final class Guest implements AutoCloseable {
    /** An emulated guest beside other work takes ten times as long as alone. */
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(4);

    /** A stock kernel's start on an emulator fails now and then, which tells nothing of ours. */
    private static final int BOOT_ATTEMPTS = 3;

    /** Of a command that names no limit; whatever hangs costs so much time, once. */
    public static final Duration COMMAND_LIMIT = Duration.ofMinutes(4);

    /** For the picture of the guest that a command leaves that takes too long. */
    private static final Duration PICTURE_LIMIT = Duration.ofMinutes(1);

    private final Machine machine;
    private final Path exchange;
    private final Process process;
    private final GuestChannel channel;
    private int commands;

    private Guest(Machine machine, Path exchange, Process process) {
        this.machine = machine;
        this.exchange = exchange;
        this.process = process;
        this.channel = new GuestChannel(process.getInputStream(), process.getOutputStream());
    }

    /**
     * Boots a guest; it serves commands when this returns. Where it does not come up, it is booted
     * again, twice at most, and standard error says so.
     *
     * @throws UncheckedIOException if it cannot be booted; says where its console is
     */
    public static Guest boot(Machine machine, GuestSpec spec) {
        try {
            for (int attempt = 1; ; attempt++) {
                Guest guest = start(machine, spec);
                try {
                    guest.channel.await("ready", BOOT_LIMIT);
                    return guest;
                } catch (IOException e) {
                    guest.process.destroyForcibly();
                    String failure = machine + " did not boot: see " + guest.exchange;
                    if (attempt == BOOT_ATTEMPTS) {
                        throw new IOException(failure, e);
                    }
                    System.err.println(failure + " (" + e.getMessage() + "); booting it again");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Guest start(Machine machine, GuestSpec spec) throws IOException {
        Path folder = Files.createDirectories(Path.of("target/vm").toAbsolutePath());
        Path exchange = Files.createTempDirectory(folder, "guest");
        Files.write(exchange.resolve("serve-commands"), Resources.bytes("serve-commands"));
        Files.writeString(exchange.resolve("environment"), environment(machine));
        Process process =
                new ProcessBuilder(machine.command(spec, exchange))
                        .redirectError(exchange.resolve("machine.log").toFile())
                        .start();
        return new Guest(machine, exchange, process);
    }

    private static String environment(Machine machine) {
        return """
        export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        export HOME=/root LANG=C.UTF-8 JAVA_HOME='%s'
        export JDK_JAVA_OPTIONS='%s'
        """
                .formatted(System.getProperty("java.home"), machine.javaOptions());
    }

    /** The machine that it runs on. */
    public Machine machine() {
        return machine;
    }

    /** The folder that the guest sees as {@code /run/exchange}. */
    public Path exchange() {
        return exchange;
    }

    /**
     * Runs a bash script.
     *
     * @param limit after which it is ended, with {@link CommandResult#TIMED_OUT}
     * @throws UncheckedIOException if the guest ends or hangs
     */
    public CommandResult run(Duration limit, String script) {
        String number = Integer.toString(++commands);
        try {
            Files.writeString(exchange.resolve(number + ".sh"), script);
            channel.send(number + " " + limit.toSeconds());
            String answer = channel.await(number + " ", limit.plus(PICTURE_LIMIT));
            return new CommandResult(
                    Integer.parseInt(answer.substring(number.length() + 1)),
                    Files.readString(exchange.resolve(number + ".out")),
                    Files.readString(exchange.resolve(number + ".err")));
        } catch (IOException e) {
            throw new UncheckedIOException(script.lines().findFirst().orElse(""), e);
        }
    }

    /**
     * Runs a bash script that has to succeed, as with {@code set -e}.
     *
     * @return what it wrote to standard output, without the last line's end
     * @throws AssertionError if it does not, with what it wrote
     */
    public String sh(Duration limit, String script) {
        CommandResult result = run(limit, "set -eu -o pipefail\n" + script);
        if (result.exit() != 0) {
            throw new AssertionError(
                    "on "
                            + machine
                            + ", status "
                            + result.exit()
                            + " of: "
                            + script
                            + "\n--- out\n"
                            + result.out()
                            + "--- err\n"
                            + result.err());
        }
        return result.out().strip();
    }

    /** As {@link #sh(Duration, String)}, within {@link #COMMAND_LIMIT}. */
    public String sh(String script) {
        return sh(COMMAND_LIMIT, script);
    }

    /** Copies what tells of the guest's state to {@code folder}, the kernel's log included. */
    void keepEvidence(Path folder) throws IOException {
        try {
            run(
                    PICTURE_LIMIT,
                    """
                    pkill -QUIT -x java
                    dmesg >/run/exchange/dmesg.log
                    { ps -eo pid,stat,oom,rss,wchan:20,args; cat /proc/meminfo /proc/swaps; } >/run/exchange/processes.log
                    sync /run/exchange/*.log
                    """);
        } catch (UncheckedIOException e) {
            // It hangs or is gone: what was written before still says something.
        }
        try (Stream<Path> files = Files.walk(exchange, 1, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.filter(Guest::isEvidence).toList()) {
                Files.copy(
                        file,
                        folder.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static boolean isEvidence(Path file) {
        String name = file.getFileName().toString();
        return Stream.of(".log", ".sh", ".out", ".err").anyMatch(name::endsWith);
    }

    /** Powers the guest off and deletes its exchange folder. */
    @Override
    public void close() {
        try {
            channel.send("off");
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            HostCommand.output(List.of("rm", "-rf", exchange.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
