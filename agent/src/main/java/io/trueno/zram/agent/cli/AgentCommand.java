package io.trueno.zram.agent.cli;

import java.nio.file.Path;
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
        AgentFlags flags =
                new AgentFlags(
                        runtimeDirectory.given().orElse(null),
                        config,
                        metricsListen,
                        nbdListen,
                        nbdSocket);
        AgentProgram.run(flags, spec.root().commandLine().getParseResult().originalArgs());
    }
}
