package io.trueno.zram.agent.daemon;

import io.trueno.zram.agent.device.DeviceException;
import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.ublk.sys.Linux;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Replaces this process by the program that is installed now: the same process to its supervisor,
 * and the same devices to their users, whose requests wait meanwhile.
 */
public final class Upgrade {
    private static final Logger LOG = System.getLogger(Upgrade.class.getName());

    /** Set by the launcher: what was called. */
    private static final String LAUNCHER = "trueno.zram.launcher";

    /** When the process before this one gave its devices up, in milliseconds since 1970. */
    private static final String GIVEN_UP = "ZRAM_AGENT_GIVEN_UP_MILLIS";

    private static final long VERSION_SECONDS = 120;

    private final List<String> arguments;

    /**
     * @param arguments that this process was called with
     */
    public Upgrade(List<String> arguments) {
        this.arguments = List.copyOf(arguments);
    }

    /**
     * Milliseconds since the process before this one gave its devices up; empty if this one follows
     * none.
     */
    static Optional<Long> sinceGivenUp() {
        return Optional.ofNullable(System.getenv(GIVEN_UP))
                .map(millis -> System.currentTimeMillis() - Long.parseLong(millis));
    }

    /**
     * The version of the program that is installed now.
     *
     * @throws DeviceException if it does not run
     */
    String installedVersion() {
        String launcher = launcher();
        try {
            Process process =
                    new ProcessBuilder(launcher, "--version")
                            .redirectError(ProcessBuilder.Redirect.INHERIT) // to the agent's log
                            .start();
            process.getOutputStream().close();
            if (!process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw notRunning(launcher, "it gives no answer");
            }
            String answer =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw notRunning(launcher, "it ends with status " + process.exitValue());
            }
            return answer.strip().replaceFirst(".* ", "");
        } catch (IOException e) {
            throw notRunning(launcher, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notRunning(launcher, "interrupted");
        }
    }

    private static DeviceException notRunning(String launcher, String why) {
        return new DeviceException(
                Kind.FAILED, "nothing is upgraded: " + launcher + " does not run: " + why);
    }

    private static String launcher() {
        String launcher = System.getProperty(LAUNCHER);
        if (launcher == null) {
            throw new DeviceException(
                    Kind.FAILED,
                    "the agent was not started by its launcher: restart it with trueno-zram agent");
        }
        return launcher;
    }

    /** Gives everything up and executes the program; ends the process if that fails. */
    void replace(Runnable giveUp) {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.put(GIVEN_UP, Long.toString(System.currentTimeMillis()));
        giveUp.run();
        List<String> command = new ArrayList<>(List.of(launcher()));
        command.addAll(arguments);
        List<String> variables = new ArrayList<>();
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        try {
            Linux.exec(launcher(), bytes(command), bytes(variables));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the upgrade failed, the next agent takes the devices over", e);
            Runtime.getRuntime().halt(1);
        }
    }

    private static List<String> bytes(List<String> strings) {
        return strings.stream()
                .map(s ->
                        new String(s.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                .toList();
    }
}
