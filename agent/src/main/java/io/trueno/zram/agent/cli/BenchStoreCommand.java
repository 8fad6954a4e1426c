package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.PageStream;
import io.trueno.zram.agent.bench.StoreBench;
import io.trueno.zram.agent.bench.StoreOverheadBench;
import io.trueno.zram.agent.bench.StoreResult;
import io.trueno.zram.agent.control.Json;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SelectionPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "store",
        description =
                "Measure the page store: write all pages, read them back in random order, compare.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Speeds are in 1e9 original bytes per second, times of one page in microseconds."
        })
final class BenchStoreCommand implements Callable<Integer> {
    @Mixin private BenchOptions options = new BenchOptions();
    @Mixin private JsonOption json = new JsonOption();

    @Option(
            names = {"-a", "--algorithm"},
            paramLabel = "NAME",
            converter = AlgorithmConverter.class,
            description = "Compression; default what the policy chooses, or lz4 without one.")
    private @Nullable Algorithm algorithm;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description = "What to optimise for: ${COMPLETION-CANDIDATES}.")
    private @Nullable SelectionPolicy policy;

    @Option(
            names = "--recompress",
            description = "Recompress everything before reading it back, with dictionaries.")
    private boolean recompress;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description =
                    "Page writes in order, instead of --pages: records of a 64-bit little-endian"
                            + " page index and 4096 bytes.")
    private @Nullable Path trace;

    @Option(
            names = "--overhead",
            description = "Measure what checksums and statistics cost a read, instead.")
    private boolean overhead;

    @Option(
            names = "--load",
            paramLabel = "LOAD",
            description =
                    "Measure one long-lived device, instead: ${COMPLETION-CANDIDATES}. CHURN"
                            + " overwrites it ten times, MIXED reads and writes with one thread and"
                            + " with two, FOOTPRINT tells what the process takes beside the arena,"
                            + " BACKGROUND what recompression by itself gains and costs, TWINS what"
                            + " deduplication does.")
    private StoreBench.@Nullable Load load;

    @Option(
            names = "--device-size",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Size of that device; default as much as there are pages.")
    private long deviceSize;

    @Override
    public Integer call() throws IOException, InterruptedException {
        StoreBench.Options measured = storeOptions();
        PageStream stream =
                trace == null ? PageStream.inOrder(options.pages()) : PageStream.trace(trace);
        if (load != null) {
            Record result;
            try (Progress progress = new Progress("measuring the store")) {
                result = StoreBench.load(stream, measured, load, deviceSize, progress);
            }
            json.print(result, () -> lines(result));
            return CommandLine.ExitCode.OK;
        }
        if (overhead) {
            StoreOverheadBench.Result result;
            try (Progress progress = new Progress("measuring reads")) {
                result = StoreBench.overhead(stream, measured, progress);
            }
            json.print(result, () -> lines(result));
            return CommandLine.ExitCode.OK;
        }
        StoreResult result;
        try (Progress progress = new Progress("measuring the store")) {
            result = StoreBench.run(stream, measured, progress);
        }
        json.print(result, () -> lines(result));
        if (result.verify_failures() > 0) {
            throw new CommandFailure(
                    result.verify_failures() + " pages did not come back as they were");
        }
        return CommandLine.ExitCode.OK;
    }

    private StoreBench.Options storeOptions() {
        Algorithm byDefault = policy == null ? Algorithm.LZ4 : Algorithm.ADAPTIVE;
        return new StoreBench.Options(
                algorithm == null ? byDefault : algorithm,
                policy == null ? SelectionPolicy.SPEED : policy,
                recompress,
                options.backend(),
                options.threads(),
                options.rounds());
    }

    private static String lines(Record result) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> field : Json.fields(result).entrySet()) {
            text.append(String.format("%-18s %s%n", field.getKey(), field.getValue()));
        }
        return text.toString();
    }
}
