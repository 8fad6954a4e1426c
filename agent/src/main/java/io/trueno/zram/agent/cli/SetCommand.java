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
            names = "--reset-mem-used-max",
            description = "Set the highest memory use to the present one.")
    private @Nullable Boolean resetMemUsedMax;

    @Option(names = "--policy", paramLabel = "POLICY", description = "What to optimise for.")
    private @Nullable String policy;

    @Option(
            names = {"-s", "--size"},
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description =
                    "Grow or shrink the device; data beyond the new end is not lost but refused.")
    private @Nullable Long size;

    @Mixin private LimitOptions limits = new LimitOptions();
    @Mixin private BackingOptions backing = new BackingOptions();
    @Mixin private RecompressionOptions recompression = new RecompressionOptions();

    @Override
    public void run() {
        DeviceChange change =
                new DeviceChange(
                        algorithm,
                        policy,
                        size,
                        limits.memLimit,
                        limits.softLimit,
                        limits.headroom,
                        resetMemUsedMax,
                        backing.absoluteDevice(),
                        backing.encrypt,
                        backing.limitEnable,
                        backing.limit,
                        backing.compressed,
                        backing.batchSize,
                        recompression.cpuShare,
                        recompression.age);
        if (change.equals(new DeviceChange(null, null, null))) {
            throw new ParameterException(
                    new CommandLine(spec),
                    "nothing to set: give --algorithm, --mem-limit or another option");
        }
        runtimeDirectory.agent().change(name, change);
    }
}
