package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.PageSet;
import io.trueno.zram.agent.control.Json;
import io.trueno.zram.agent.demo.StartBench;
import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

@Command(
        name = "start",
        description =
                "Measure the time from the execution of an agent until it serves a device full of"
                        + " pages over NBD; the agent before it is killed.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class BenchStartCommand implements Callable<Integer> {
    /** Set by the launcher: what was called. */
    private static final String LAUNCHER = "trueno.zram.launcher";

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "4G",
            description = "Of the device (default: ${DEFAULT-VALUE}).")
    private long sizeBytes;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "9",
            description = "Starts, of which medians are taken (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (sizeBytes < Pages.SIZE || rounds < 1) {
            throw new CommandFailure("--size is at least a page, and --rounds at least 1");
        }
        String launcher = System.getProperty(LAUNCHER);
        if (launcher == null) {
            throw new CommandFailure("run it with the launcher, trueno-zram bench start");
        }
        StartBench.Result result;
        try (Progress progress = new Progress("measuring starts")) {
            result =
                    StartBench.run(
                            Path.of(launcher),
                            PageSet.load(SampleFiles.orElseOurs(List.of())),
                            Pages.count(sizeBytes) << Pages.SHIFT,
                            rounds,
                            progress);
        }
        System.out.print(
                json
                        ? Json.write(result) + "\n"
                        : String.format(
                                Locale.ROOT,
                                "served after %.2f s (%.2f to %.2f), %.2f s of processor time"
                                        + ", a thousand pages read after %.2f s"
                                        + " (medians of %d starts)%n",
                                result.seconds(),
                                result.least_seconds(),
                                result.most_seconds(),
                                result.cpu_seconds(),
                                result.thousand_seconds(),
                                result.rounds()));
        return ExitCode.OK;
    }
}
