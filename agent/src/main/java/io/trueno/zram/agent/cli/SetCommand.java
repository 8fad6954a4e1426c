package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.device.DeviceChange;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "set",
        description = "Change a running device.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SetCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DEVICE", description = "Such as zram0.")
    private String name = "";

    @Option(
            names = {"-a", "--algorithm"},
            paramLabel = "NAME",
            description = "Compression of pages written from now on; others stay as they are.")
    private @Nullable String algorithm;

    @Option(
            names = "--mem-limit",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Most memory for compressed pages; 0 is no limit.")
    private @Nullable Long memLimit;

    @Option(
            names = "--reset-mem-used-max",
            description = "Set the highest memory use to the present one.")
    private @Nullable Boolean resetMemUsedMax;

    @Override
    public void run() {
        if (algorithm == null && memLimit == null && resetMemUsedMax == null) {
            throw new ParameterException(
                    new CommandLine(spec), "nothing to set: give --algorithm, --mem-limit or both");
        }
        runtimeDirectory
                .agent()
                .change(name, new DeviceChange(algorithm, memLimit, resetMemUsedMax));
    }
}
