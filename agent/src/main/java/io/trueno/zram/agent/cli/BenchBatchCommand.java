package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.BatchBench;
import io.trueno.zram.agent.bench.CodecBench;
import io.trueno.zram.agent.control.Json;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SelectionPolicy;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "batch",
        description = "Measure batches of pages over --threads threads, in turn with one thread.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Speeds are in 1e9 original bytes per second by the wall clock."})
final class BenchBatchCommand implements Callable<Integer> {
    @Mixin private BenchOptions options = new BenchOptions();

    @Option(
            names = {"-a", "--algorithm"},
            paramLabel = "NAME",
            split = ",",
            converter = AlgorithmConverter.class,
            defaultValue = "lz4,zstd(level=1),adaptive",
            description = "One or several, comma separated; default ${DEFAULT-VALUE}.")
    private List<Algorithm> algorithms = List.of();

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<BatchBench.Result> results;
        try (Progress progress = new Progress("measuring batches")) {
            results =
                    BatchBench.run(
                            options.pages(),
                            new CodecBench.Options(
                                    algorithms,
                                    List.of(options.backend()),
                                    List.of(SelectionPolicy.BALANCED),
                                    false,
                                    options.threads(),
                                    options.rounds()),
                            progress);
        }
        if (json) {
            results.forEach(r -> System.out.println(Json.write(r)));
            return CommandLine.ExitCode.OK;
        }
        TextTable table =
                new TextTable("CODEC", ">THREADS", ">RATIO", ">COMPRESS", ">OVER ONE THREAD");
        for (BatchBench.Result r : results) {
            table.row(
                    r.codec() + " " + (r.policy() == null ? r.level() : r.policy()),
                    r.threads(),
                    String.format(Locale.ROOT, "%.3f", r.ratio()),
                    String.format(Locale.ROOT, "%.3f", r.compress_gb_s()),
                    String.format(Locale.ROOT, "%.2f", r.over_one_thread()));
        }
        System.out.print(table);
        return CommandLine.ExitCode.OK;
    }
}
