package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.ClusterBench;
import io.trueno.zram.agent.control.Json;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.DictionaryTrainer.DictionaryTrainingException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "cluster",
        description =
                "Measure pages compressed together, with and without a dictionary, and reading one"
                        + " of them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Each file is one workload: every other 16 pages train its dictionary, the rest are"
                    + " measured. Times are in microseconds."
        })
final class BenchClusterCommand implements Callable<Integer> {
    @Mixin private BenchOptions options = new BenchOptions();

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        List<ClusterBench.Result> results;
        try (Progress progress = new Progress("measuring clusters")) {
            results =
                    ClusterBench.run(
                            options.files(),
                            DictionaryTrainer.MAX_BYTES,
                            options.backend(),
                            options.rounds(),
                            progress);
        } catch (DictionaryTrainingException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        if (json) {
            results.forEach(r -> System.out.println(Json.write(r)));
        } else {
            System.out.print(table(results));
        }
        if (results.stream().anyMatch(r -> r.round_trip_failures() > 0)) {
            throw new CommandFailure("clusters did not come back as they were: see the failures");
        }
        return CommandLine.ExitCode.OK;
    }

    private static TextTable table(List<ClusterBench.Result> results) {
        TextTable table =
                new TextTable(
                        "PAGES",
                        "DICTIONARY",
                        ">RATIO",
                        ">COMPRESS A PAGE",
                        ">DECOMPRESS A PAGE",
                        ">READ ONE P50",
                        ">P99",
                        ">FAILURES");
        for (ClusterBench.Result r : results) {
            table.row(
                    String.valueOf(r.cluster_pages()),
                    r.dictionary() ? "yes" : "no",
                    number("%.3f", r.ratio()),
                    number("%.1f", r.compress_us()),
                    number("%.1f", r.decompress_us()),
                    number("%.1f", r.read_p50_us()),
                    number("%.1f", r.read_p99_us()),
                    String.valueOf(r.round_trip_failures()));
        }
        return table;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
