package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.device.DeviceChange;
import java.nio.file.Path;
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

    @Option(names = "--policy", paramLabel = "POLICY", description = "What to optimise for.")
    private @Nullable String policy;

    @Option(
            names = {"-s", "--size"},
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description =
                    "Grow or shrink the device; data beyond the new end is not lost but refused.")
    private @Nullable Long size;

    @Option(
            names = "--soft-limit",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Memory at which the agent says so; 0 is none.")
    private @Nullable Long softLimit;

    @Option(
            names = "--headroom",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Memory kept ready ahead of its use.")
    private @Nullable Long headroom;

    @Option(
            names = "--backing-dev",
            paramLabel = "PATH",
            description = "Block device, empty file or new file to write pages back to.")
    private @Nullable Path backingDev;

    @Option(
            names = "--encrypt",
            description = "Encrypt what goes to the backing device; the key stays in memory.")
    private @Nullable Boolean encrypt;

    @Option(
            names = "--writeback-limit-enable",
            paramLabel = "BOOL",
            arity = "1",
            description = "Whether the limit counts.")
    private @Nullable Boolean writebackLimitEnable;

    @Option(
            names = "--writeback-limit",
            paramLabel = "BLOCKS",
            description = "Blocks of 4 KiB that may still be written back.")
    private @Nullable Long writebackLimit;

    @Option(
            names = "--compressed-writeback",
            paramLabel = "BOOL",
            arity = "1",
            description = "Whether pages are written back as they are packed; default true.")
    private @Nullable Boolean compressedWriteback;

    @Option(
            names = "--writeback-batch-size",
            paramLabel = "PAGES",
            description = "Pages written back with one request; default 32.")
    private @Nullable Integer writebackBatchSize;

    @Option(
            names = "--recompress-cpu",
            paramLabel = "SHARE",
            description =
                    "Share of one CPU for recompression by itself under balanced and ratio, 0 to 1;"
                            + " default 0.1.")
    private @Nullable Double recompressCpu;

    @Option(
            names = "--recompress-age",
            paramLabel = "SECONDS",
            description = "For how long such pages were not used; default 60.")
    private @Nullable Integer recompressAge;

    @Override
    public void run() {
        DeviceChange change =
                new DeviceChange(
                        algorithm,
                        policy,
                        size,
                        memLimit,
                        softLimit,
                        headroom,
                        resetMemUsedMax,
                        backingDev == null ? null : backingDev.toAbsolutePath().toString(),
                        encrypt,
                        writebackLimitEnable,
                        writebackLimit,
                        compressedWriteback,
                        writebackBatchSize,
                        recompressCpu,
                        recompressAge);
        if (change.equals(new DeviceChange(null, null, null))) {
            throw new ParameterException(
                    new CommandLine(spec), "nothing to set: give --algorithm, --mem-limit or both");
        }
        runtimeDirectory.agent().change(name, change);
    }
}
