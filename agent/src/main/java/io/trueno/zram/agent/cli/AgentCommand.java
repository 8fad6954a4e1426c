package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.daemon.Agent;
import io.trueno.zram.agent.daemon.MachineMemory;
import io.trueno.zram.agent.daemon.Upgrade;
import io.trueno.zram.config.ConfigLoader;
import io.trueno.zram.config.LoadedConfig;
import io.trueno.zram.config.Setting;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.ublk.process.SwapSafety;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "agent",
        description = "Run the agent in the foreground until SIGTERM or SIGINT.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class AgentCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Configuration; default /etc/trueno-zram/trueno-zram.conf. Drop-ins are read"
                            + " from conf.d beside it.")
    private @Nullable Path config;

    @Option(
            names = "--metrics-listen",
            paramLabel = "ADDRESS",
            description = "Serve /metrics on TCP: PORT, HOST:PORT or [IPV6]:PORT.")
    private @Nullable String metricsListen;

    @Option(
            names = "--nbd-listen",
            paramLabel = "ADDRESS",
            description = "Serve NBD on TCP too: PORT, HOST:PORT or [IPV6]:PORT.")
    private @Nullable String nbdListen;

    @Option(
            names = "--nbd-socket",
            paramLabel = "PATH",
            description = "NBD's Unix socket; default nbd.sock in the runtime directory.")
    private @Nullable Path nbdSocket;

    @Override
    public void run() {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%6$s%n");
        // Netty looks for a network address to number its channels by, which takes a while.
        System.setProperty("io.netty.machineId", "02:00:00:00:00:00");
        Logger log = System.getLogger(AgentCommand.class.getName());
        LoadedConfig loaded =
                new ConfigLoader(
                                System.getenv(),
                                MachineMemory::totalBytes,
                                text -> Algorithm.parse(text).toString())
                        .load(Optional.ofNullable(config), flags());
        loaded.warnings().forEach(warning -> log.log(Level.WARNING, "{0}", warning));

        SwapSafety.neverEndForMemory();
        SwapSafety.lockFromNowOn();
        Agent agent = Agent.start(loaded.config(), Version.number(), new Upgrade(arguments()));
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
        log.log(Level.INFO, "ready in {0}", loaded.config().runtimeDirectory());
        SwapSafety.bringIn();
        waitForSignal();
    }

    /** What this process was called with, for the one that follows it. */
    private List<String> arguments() {
        return spec.root().commandLine().getParseResult().originalArgs();
    }

    private List<Setting> flags() {
        List<Setting> flags = new ArrayList<>();
        runtimeDirectory
                .given()
                .ifPresent(d -> add(flags, "agent", "runtime-dir", absolute(d), "--runtime-dir"));
        add(flags, "agent", "metrics-listen", metricsListen, "--metrics-listen");
        add(flags, "nbd", "listen", nbdListen, "--nbd-listen");
        if (nbdSocket != null) {
            add(flags, "nbd", "unix-socket", absolute(nbdSocket), "--nbd-socket");
        }
        return flags;
    }

    private static void add(
            List<Setting> flags, String section, String key, @Nullable String value, String flag) {
        if (value != null) {
            flags.add(new Setting(section, key, value, flag));
        }
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().toString();
    }

    private static void waitForSignal() {
        try {
            new CountDownLatch(1).await(); // nobody counts down: a signal ends the process
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
