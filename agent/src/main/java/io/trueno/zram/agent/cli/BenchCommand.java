package io.trueno.zram.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "bench",
        description = "Measure on real memory pages, and check every page on the way.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            BenchCodecCommand.class,
            BenchStoreCommand.class,
            BenchSelectionCommand.class,
            BenchTablesCommand.class,
            BenchBatchCommand.class,
            BenchClusterCommand.class,
            BenchUringCommand.class,
            BenchStartCommand.class,
            BenchPlotCommand.class
        })
final class BenchCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                new CommandLine(spec),
                "say what to measure: codec, store, selection, tables, batch, cluster, uring or start");
    }
}
