package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.SelectionBench;
import io.trueno.zram.agent.bench.SelectionPoint;
import io.trueno.zram.agent.control.Json;
import io.trueno.zram.engine.Algorithm;
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
        name = "selection",
        description = "Measure what choosing a codec page by page is worth, and train the choice.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Saved bytes and time are shares of those of always zstd(level=1). Each file is a"
                    + " workload; the predictor is judged on the one that it was not trained on."
        })
final class BenchSelectionCommand implements Callable<Integer> {
    @Mixin private BenchOptions options = new BenchOptions();

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Option(
            names = "--train",
            paramLabel = "FILE",
            description = "Write the predictor that all the pages give.")
    private @Nullable Path train;

    @Override
    public Integer call() throws IOException {
        List<Path> files = options.workloads();
        SelectionBench.Outcome outcome;
        try (Progress progress = new Progress("measuring methods")) {
            outcome = SelectionBench.run(files, options.backend(), options.rounds(), progress);
        }
        if (train != null) {
            Files.write(train, outcome.tree());
        }
        if (json) {
            outcome.points().forEach(p -> System.out.println(Json.write(p)));
        } else {
            printTable(outcome.points());
        }
        return CommandLine.ExitCode.OK;
    }

    private static void printTable(List<SelectionPoint> points) {
        List<Algorithm> methods = SelectionBench.METHODS;
        String[] columns = new String[4 + methods.size()];
        columns[0] = "SELECTOR";
        columns[1] = ">PRICE";
        columns[2] = ">SAVED";
        columns[3] = ">TIME";
        for (int m = 0; m < methods.size(); m++) {
            columns[4 + m] = ">" + methods.get(m).toString().toUpperCase(Locale.ROOT);
        }
        TextTable table = new TextTable(columns);
        for (SelectionPoint p : points) {
            Object[] row = new Object[columns.length];
            row[0] = p.selector();
            row[1] = p.price();
            row[2] = percent(p.saved());
            row[3] = percent(p.time());
            for (int m = 0; m < methods.size(); m++) {
                row[4 + m] = percent(p.shares().get(m));
            }
            table.row(row);
        }
        System.out.print(table);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}
