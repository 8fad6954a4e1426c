package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.StaticTablesBench;
import io.trueno.zram.agent.control.Json;
import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "tables",
        description = "Train the tables of zstd-static, and measure what they are worth.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Each file is a workload. SEEN is the ratio with tables that saw all of them, LEFT-OUT"
                    + " with such that saw all others."
        })
final class BenchTablesCommand implements Callable<Integer> {
    @Mixin private BenchOptions options = new BenchOptions();

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Option(
            names = "--train",
            paramLabel = "FOLDER",
            description = "Write the tables that all the pages give, static-N.dictionary.")
    private @Nullable Path train;

    @Override
    public Integer call() throws IOException {
        List<Path> files = options.workloads();
        StaticTablesBench.Outcome outcome;
        try (Progress progress = new Progress("training tables")) {
            outcome = StaticTablesBench.run(files, options.backend(), progress);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        if (train != null) {
            int number = 1;
            for (byte[] dictionary : outcome.tables()) {
                Files.write(train.resolve("static-" + number++ + ".dictionary"), dictionary);
            }
        }
        if (json) {
            outcome.results().forEach(r -> System.out.println(Json.write(r)));
        } else {
            System.out.print(table(outcome.results()));
        }
        return CommandLine.ExitCode.OK;
    }

    private static TextTable table(List<StaticTablesBench.Result> results) {
        TextTable table =
                new TextTable("WORKLOAD", ">PAGES", ">ZSTD1", ">ZSTD-1", ">SEEN", ">LEFT-OUT");
        for (StaticTablesBench.Result r : results) {
            table.row(
                    r.workload(),
                    r.pages(),
                    ratio(r, r.level_1()),
                    ratio(r, r.level_minus_1()),
                    ratio(r, r.seen()),
                    ratio(r, r.left_out()));
        }
        return table;
    }

    private static String ratio(StaticTablesBench.Result result, long packed) {
        return String.format(Locale.ROOT, "%.3f", (double) result.pages() * Pages.SIZE / packed);
    }
}
