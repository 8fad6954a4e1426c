package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.CodecBench;
import io.trueno.zram.agent.bench.CodecResult;
import io.trueno.zram.agent.bench.PageSet;
import io.trueno.zram.agent.control.Json;
import io.trueno.zram.engine.Algorithm;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
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

    @Option(names = "--peers", description = "Measure the reference libraries in turn with ours.")
    private boolean peers;

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Algorithm> chosen = chosen();
        PageSet pages = options.pages();
        List<CodecResult> results;
        try (Progress progress = new Progress("measuring codecs")) {
            results =
                    CodecBench.run(
                            pages,
                            new CodecBench.Options(
                                    chosen,
                                    List.of(options.backend()),
                                    peers,
                                    options.threads(),
                                    options.rounds()),
                            progress);
        }
        print(results);
        boolean failed =
                results.stream().anyMatch(r -> r.round_trip_failures() + r.interop_failures() > 0);
        if (failed) {
            throw new CommandFailure("pages did not come back as they were: see the failures");
        }
        return CommandLine.ExitCode.OK;
    }

    private List<Algorithm> chosen() {
        List<Algorithm> available = Codecs.available();
        List<Algorithm> wanted = algorithms.isEmpty() ? available : algorithms;
        for (Algorithm algorithm : wanted) {
            if (available.stream().noneMatch(a -> a.kind() == algorithm.kind())) {
                throw new ParameterException(
                        new CommandLine(spec), "this build has no codec for " + algorithm);
            }
        }
        try {
            return level == null
                    ? wanted
                    : wanted.stream().map(a -> new Algorithm(a.kind(), level)).toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(new CommandLine(spec), String.valueOf(e.getMessage()), e);
        }
    }

    private void print(List<CodecResult> results) {
        if (json) {
            results.forEach(r -> System.out.println(Json.write(r)));
            return;
        }
        TextTable table =
                new TextTable(
                        "CODEC",
                        ">LEVEL",
                        "IMPLEMENTATION",
                        "SIMD",
                        ">RATIO",
                        ">COMPRESS",
                        ">DECOMPRESS",
                        ">C-P50",
                        ">C-P99",
                        ">D-P50",
                        ">D-P99",
                        ">FAILURES");
        for (CodecResult r : results) {
            table.row(
                    r.codec(),
                    r.level(),
                    r.implementation(),
                    r.backend(),
                    number("%.3f", r.ratio()),
                    number("%.3f", r.compress_gb_s()),
                    number("%.3f", r.decompress_gb_s()),
                    number("%.2f", r.compress_p50_us()),
                    number("%.2f", r.compress_p99_us()),
                    number("%.2f", r.decompress_p50_us()),
                    number("%.2f", r.decompress_p99_us()),
                    r.round_trip_failures() + r.interop_failures());
        }
        System.out.print(table);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
