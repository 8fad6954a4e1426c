package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.CodecBench;
import io.trueno.zram.agent.bench.CodecResult;
import io.trueno.zram.agent.bench.DictionaryBench;
import io.trueno.zram.agent.bench.SyntheticBench;
import io.trueno.zram.agent.control.Json;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.DictionaryTrainer.DictionaryTrainingException;
import io.trueno.zram.engine.SelectionPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "codec",
        description = "Measure the page codecs, with --peers beside the reference libraries.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Speeds are in 1e9 original bytes per second, times of one page in microseconds. An"
                    + " incompressible page counts as 4096 bytes in the ratio."
        })
final class BenchCodecCommand implements Callable<Integer> {
    @Mixin private BenchOptions options = new BenchOptions();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-a", "--algorithm"},
            paramLabel = "NAME",
            split = ",",
            converter = AlgorithmConverter.class,
            description = "One or several, comma separated; default all of this build.")
    private List<Algorithm> algorithms = List.of();

    @Option(names = "--level", paramLabel = "N", description = "Level of every algorithm.")
    private @Nullable Integer level;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            split = ",",
            description = "What adaptive is to be good at: ${COMPLETION-CANDIDATES}; default each.")
    private List<SelectionPolicy> policies = Arrays.asList(SelectionPolicy.values());

    @Option(names = "--peers", description = "Measure the reference libraries in turn with ours.")
    private boolean peers;

    @Option(
            names = "--dictionary",
            description =
                    "Train a dictionary per file on every other 16 pages, and measure Zstandard"
                            + " with and without it on the rest.")
    private boolean dictionary;

    @Option(
            names = "--dictionary-bytes",
            paramLabel = "N",
            defaultValue = "65536",
            description = "The most a dictionary may weigh; default ${DEFAULT-VALUE}.")
    private int dictionaryBytes;

    @Option(
            names = "--synthetic",
            description =
                    "Measure on patterns that no program ever had, then on the real pages, one"
                            + " table each.")
    private boolean synthetic;

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<CodecResult> results;
        if (synthetic) {
            results = runSynthetic();
        } else if (dictionary) {
            results = runDictionary();
        } else {
            try (Progress progress = new Progress("measuring codecs")) {
                results = CodecBench.run(options.pages(), benchOptions(chosen()), progress);
            }
            print(results);
        }
        boolean failed =
                results.stream().anyMatch(r -> r.round_trip_failures() + r.interop_failures() > 0);
        if (failed) {
            throw new CommandFailure("pages did not come back as they were: see the failures");
        }
        return CommandLine.ExitCode.OK;
    }

    private List<CodecResult> runSynthetic() throws IOException, InterruptedException {
        List<SyntheticBench.Pattern> patterns;
        try (Progress progress = new Progress("measuring patterns")) {
            patterns = SyntheticBench.run(options.pages(), benchOptions(chosen()), progress);
        }
        if (json) {
            patterns.forEach(p -> System.out.println(Json.write(p)));
        } else {
            System.out.print(CodecTable.ofPatterns(patterns));
        }
        return patterns.stream().flatMap(p -> p.results().stream()).toList();
    }

    private List<CodecResult> runDictionary() throws IOException, InterruptedException {
        if (dictionaryBytes < 1 || dictionaryBytes > DictionaryTrainer.MAX_BYTES) {
            throw usage("--dictionary-bytes must be 1 to " + DictionaryTrainer.MAX_BYTES);
        }
        DictionaryBench.Outcome outcome;
        try (Progress progress = new Progress("measuring codecs")) {
            outcome =
                    DictionaryBench.run(
                            options.files(), dictionaryBytes, benchOptions(zstandards()), progress);
        } catch (DictionaryTrainingException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        print(outcome.results());
        for (DictionaryBench.Verdict verdict : outcome.verdicts()) {
            System.out.println(
                    json ? Json.write(verdict) : verdict.file() + ": " + verdict.reason());
        }
        return outcome.results();
    }

    private List<Algorithm> zstandards() {
        List<Algorithm> wanted =
                algorithms.isEmpty() && level == null
                        ? List.of(Algorithm.zstd(1), Algorithm.zstd(3))
                        : chosen();
        List<Algorithm> zstandards =
                wanted.stream().filter(a -> a.kind() == Algorithm.Kind.ZSTD).toList();
        if (zstandards.isEmpty()) {
            throw usage("only zstd knows dictionaries: use --algorithm zstd");
        }
        return zstandards;
    }

    private CodecBench.Options benchOptions(List<Algorithm> chosen) {
        return new CodecBench.Options(
                chosen,
                List.of(options.backend()),
                policies,
                peers,
                options.threads(),
                options.rounds());
    }

    private List<Algorithm> chosen() {
        List<Algorithm> available = new ArrayList<>(Codecs.available());
        available.add(Algorithm.ADAPTIVE);
        List<Algorithm> wanted = algorithms.isEmpty() ? available : algorithms;
        for (Algorithm algorithm : wanted) {
            if (available.stream().noneMatch(a -> a.kind() == algorithm.kind())) {
                throw usage("this build has no codec for " + algorithm);
            }
        }
        try {
            return wanted.stream().map(this::atLevel).toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(new CommandLine(spec), String.valueOf(e.getMessage()), e);
        }
    }

    private Algorithm atLevel(Algorithm algorithm) {
        return level == null
                        || algorithm.kind() == Algorithm.Kind.ADAPTIVE
                        || algorithm.kind() == Algorithm.Kind.ZSTD_STATIC
                ? algorithm
                : new Algorithm(algorithm.kind(), level);
    }

    private ParameterException usage(String message) {
        return new ParameterException(new CommandLine(spec), message);
    }

    private void print(List<CodecResult> results) {
        if (json) {
            results.forEach(r -> System.out.println(Json.write(r)));
        } else {
            System.out.print(CodecTable.of(results));
        }
    }
}
