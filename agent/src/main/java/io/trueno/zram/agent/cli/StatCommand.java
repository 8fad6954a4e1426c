package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.Json;
import io.trueno.zram.agent.device.BlockStates;
import io.trueno.zram.agent.device.DeviceStatus;
import io.trueno.zram.agent.device.KernelStatFormat;
import io.trueno.zram.engine.store.BlockState;
import io.trueno.zram.engine.store.CodecShare;
import io.trueno.zram.engine.store.LatencyStats;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "stat",
        description = "Print a device's counters, under zram's names.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class StatCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @ArgGroup private Format format = new Format();

    @Parameters(paramLabel = "DEVICE", description = "Such as zram0.")
    private String name = "";

    @Option(
            names = "--block-state",
            description = "A line for each stored page as in the kernel's block_state, or as JSON.")
    private boolean blockState;

    private static final class Format {
        @Option(names = "--mm-stat", description = "As the kernel's mm_stat, column for column.")
        private boolean mmStat;

        @Option(names = "--io-stat", description = "As the kernel's io_stat, column for column.")
        private boolean ioStat;

        @Option(names = "--bd-stat", description = "As the kernel's bd_stat, column for column.")
        private boolean bdStat;

        @Option(names = "--debug-stat", description = "As the kernel's debug_stat.")
        private boolean debugStat;

        @Option(names = "--json", description = "Print JSON, sizes in bytes.")
        private boolean json;
    }

    @Override
    public void run() {
        if (blockState) {
            printBlocks();
            return;
        }
        DeviceStatus device = runtimeDirectory.agent().status(name);
        if (format.mmStat) {
            System.out.print(KernelStatFormat.mmStat(device.stats()));
        } else if (format.ioStat) {
            System.out.print(KernelStatFormat.ioStat(device.stats()));
        } else if (format.bdStat) {
            System.out.print(KernelStatFormat.bdStat(device.backing()));
        } else if (format.debugStat) {
            System.out.print(KernelStatFormat.debugStat());
        } else if (format.json) {
            System.out.println(Json.write(device));
        } else {
            System.out.print(lines(device));
        }
    }

    /** A part at a time: a large device has millions of pages. */
    private void printBlocks() {
        Long first = 0L;
        while (first != null) {
            BlockStates part = runtimeDirectory.agent().blockStates(name, first);
            StringBuilder text = new StringBuilder();
            for (BlockState block : part.blocks()) {
                text.append(
                        format.json
                                ? Json.write(block) + System.lineSeparator()
                                : KernelStatFormat.blockState(block));
            }
            System.out.print(text);
            first = part.next();
        }
    }

    private static String lines(DeviceStatus device) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> counter : Json.fields(device.stats()).entrySet()) {
            text.append(String.format("%-17s %s%n", counter.getKey(), counter.getValue()));
        }
        for (CodecShare share : device.codecs()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-17s %d pages, %d bytes packed%n",
                            share.codec(),
                            share.pages(),
                            share.packedBytes()));
        }
        device.transport()
                .forEach((name, value) -> text.append(String.format("%-17s %d%n", name, value)));
        addLatency(text, "reads", device.readLatency());
        addLatency(text, "writes", device.writeLatency());
        return text.toString();
    }

    private static void addLatency(StringBuilder text, String what, LatencyStats latency) {
        text.append(
                String.format(
                        Locale.ROOT,
                        "%-17s %d, p50 %.1f us, p99 %.1f us, p99.9 %.1f us, longest %.1f us%n",
                        what,
                        latency.count(),
                        latency.p50Nanos() / 1e3,
                        latency.p99Nanos() / 1e3,
                        latency.p999Nanos() / 1e3,
                        latency.maxNanos() / 1e3));
    }
}
