package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.PageSet;
import io.trueno.zram.agent.demo.Demo;
import io.trueno.zram.agent.demo.DemoResult;
import io.trueno.zram.agent.device.DeviceStatus;
import io.trueno.zram.agent.device.KernelStatFormat;
import io.trueno.zram.config.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description =
                "Show it all at once: an agent, a device, real memory pages over NBD, and whether"
                        + " they come back.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DemoCommand implements Callable<Integer> {
    private static final long MAX_SIZE_BYTES = 1L << 30;

    @Mixin private JsonOption json = new JsonOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--pages",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Raw 4096-byte pages; default the sample that comes with the program.")
    private List<Path> pages = List.of();

    @Option(
            names = {"-s", "--size"},
            paramLabel = "SIZE",
            defaultValue = "64M",
            converter = SizeConverter.class,
            description = "Size of the device; default ${DEFAULT-VALUE}.")
    private long size;

    @Option(
            names = {"-a", "--algorithm"},
            paramLabel = "NAME",
            defaultValue = "lz4",
            description = "Compression; default ${DEFAULT-VALUE}.")
    private String algorithm = "";

    @Override
    public Integer call() throws IOException {
        if (size < 1 || size > MAX_SIZE_BYTES) {
            throw new ParameterException(new CommandLine(spec), "--size must be 1 byte to 1G");
        }
        PageSet samples = PageSet.load(SampleFiles.orElseOurs(pages));
        DemoResult result;
        try (Progress progress = new Progress("writing and reading pages")) {
            result = Demo.run(samples, size, algorithm, progress);
        } catch (Demo.WrongPageException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        json.print(result, () -> text(result));
        return CommandLine.ExitCode.OK;
    }

    private static String text(DemoResult result) {
        DeviceStatus device = result.device();
        return "device    "
                + device.name()
                + ", "
                + ByteSize.format(device.sizeBytes())
                + ", "
                + device.algorithm()
                + ", "
                + device.uri()
                + "\nmm_stat   "
                + KernelStatFormat.mmStat(device.stats())
                + String.format(
                        Locale.ROOT,
                        "ratio     %.2f (%s of pages in %s of memory, index included)%n",
                        device.effectiveRatio(),
                        ByteSize.format(device.stats().origDataSize()),
                        ByteSize.format(
                                device.stats().memUsedTotal() + device.stats().indexBytes()))
                + speed("write", result.write())
                + speed("read", result.read())
                + "          4 KiB requests in random order, "
                + result.depth()
                + " in flight, one connection, "
                + result.samplePages()
                + " different real pages\nverified "
                + result.verifiedPages()
                + " pages\n";
    }

    private static String speed(String what, DemoResult.Speed speed) {
        return String.format(
                Locale.ROOT,
                "%-8s  %.0f MB/s, p50 %.0f us, p99 %.0f us%n",
                what,
                speed.megabytesPerSecond(),
                speed.p50Micros(),
                speed.p99Micros());
    }
}
