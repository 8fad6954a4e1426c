package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.UringBench;
import io.trueno.zram.agent.control.Json;
import io.trueno.zram.ublk.sys.SystemCallException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

@Command(
        name = "uring",
        description =
                "Measure io_uring no-ops from Java, in turns with the same loop in C, which needs a C"
                        + " compiler.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class BenchUringCommand implements Callable<Integer> {
    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "32",
            description =
                    "No-ops with one system call, a power of two (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "9",
            description = "Rounds of half a second each (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (batch < 1 || batch > 4096 || Integer.bitCount(batch) != 1) {
            throw new CommandFailure("--batch is a power of two up to 4096: " + batch);
        }
        if (rounds < 1) {
            throw new CommandFailure("--rounds is at least 1: " + rounds);
        }
        UringBench.Result result;
        try (Progress progress = new Progress("measuring io_uring")) {
            result = UringBench.run(batch, rounds, 0.5, progress);
        } catch (SystemCallException e) {
            throw new CommandFailure("no io_uring here: " + e.getMessage(), e);
        }
        System.out.print(
                json
                        ? Json.write(result) + "\n"
                        : String.format(
                                Locale.ROOT,
                                "Java %.1f M/s, C %.1f M/s, ratio %.2f (medians of %d rounds)%n",
                                result.java() / 1e6,
                                result.c() / 1e6,
                                result.ratio(),
                                result.rounds()));
        return ExitCode.OK;
    }
}
