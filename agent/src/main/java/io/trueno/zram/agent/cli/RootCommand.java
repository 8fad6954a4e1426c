package io.trueno.zram.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program without a command: its options are {@code --help} and {@code --version}. */
@Command(
        name = "trueno-zram",
        description = "Compressed RAM-backed block devices.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Start with 'trueno-zram demo'. 'trueno-zram COMMAND --help' tells more.",
            "Exit status: 0 success, 1 failure, 2 wrong usage."
        })
final class RootCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                new CommandLine(spec.root()), "a command is missing: the first is 'demo'");
    }
}
