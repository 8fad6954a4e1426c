package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.daemon.Agent;
import io.trueno.zram.agent.daemon.MachineMemory;
import io.trueno.zram.agent.daemon.Upgrade;
import io.trueno.zram.agent.daemon.WarmUp;
import io.trueno.zram.config.ConfigLoader;
import io.trueno.zram.config.LoadedConfig;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.VectorWarmUp;
import io.trueno.zram.ublk.process.SwapSafety;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * The agent as a process, until a signal ends it. Users of its devices may be waiting for it, so
 * nothing is loaded before they are served that serving does not take.
 */
public final class AgentProgram {
    /** To bring the program in while memory is short. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private AgentProgram() {}

    /**
     * Runs the agent if its command line is a plain one.
     *
     * @param args the first is {@code agent}
     * @return the exit status if it could not run; empty if the command line is not for this method
     */
    public static Optional<Integer> runPlain(String[] args) {
        AgentFlags flags = AgentFlags.plain(args);
        if (flags == null) {
            return Optional.empty();
        }
        try {
            run(flags, Arrays.asList(args));
            return Optional.of(0);
        } catch (RuntimeException e) {
            return Optional.of(CommandLineProgram.failed("agent", e));
        }
    }

    /**
     * Runs the agent.
     *
     * @param args that this process was called with, for the one that follows it
     */
    static void run(AgentFlags flags, List<String> args) {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%6$s%n");
        // Netty looks for a network address to number its channels by, which takes a while.
        System.setProperty("io.netty.machineId", "02:00:00:00:00:00");
        LoadedConfig loaded =
                new ConfigLoader(
                                System.getenv(),
                                MachineMemory::totalBytes,
                                text -> Algorithm.parse(text).toString())
                        .load(Optional.ofNullable(flags.config()), flags.settings());
        for (String warning : loaded.warnings()) {
            log(Level.WARNING, "{0}", warning);
        }
        SwapSafety.neverEndForMemory();
        SwapSafety.lockFromNowOn();
        rehearse();
        VectorWarmUp.begin(SimdBackend.detect());
        Agent agent = Agent.start(loaded.config(), Version.number(), new Upgrade(args));
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    agent.close();
                                    // A signal would end the JVM with 128 and its number, but
                                    // being told to stop and having stopped is a success.
                                    Runtime.getRuntime().halt(0);
                                },
                                "stop"));
        log(Level.INFO, "ready in {0}", loaded.config().runtimeDirectory());
        SwapSafety.keepReserve();
        SwapSafety.bringIn(PATIENCE); // the first devices may be swap already, and memory short
        agent.markSettled();
        waitForSignal();
    }

    /** A logger is made only when there is something to say. */
    private static void log(Level level, String text, Object argument) {
        System.getLogger(AgentProgram.class.getName()).log(level, text, argument);
    }

    /** As packaging asks for when it makes the caches of a faster start. */
    private static void rehearse() {
        Long millis = Long.getLong("trueno.zram.rehearsalMillis");
        if (millis != null) {
            WarmUp.runAll(Duration.ofMillis(millis));
        }
    }

    private static void waitForSignal() {
        try {
            new CountDownLatch(1).await(); // nobody counts down: a signal ends the process
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
