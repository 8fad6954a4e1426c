package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.entropy.EntropyReport;
import io.trueno.zram.agent.entropy.EntropySampler;
import io.trueno.zram.agent.entropy.FilePages;
import io.trueno.zram.agent.entropy.PageSource;
import io.trueno.zram.agent.entropy.ProcessPages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "entropy",
        description =
                "Tell how compressible files or a process's memory are, by compressing a sample of"
                        + " their pages.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "ENTROPY is in bits per byte, order 0. Ratios are of compressed bytes alone: a store adds"
                    + " its index and fragmentation."
        })
final class EntropyCommand implements Callable<Integer> {
    @Mixin private JsonOption json = new JsonOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "PATH", description = "Files, or folders with all files in them.")
    private List<Path> paths = List.of();

    @Option(names = "--pid", paramLabel = "PID", description = "Processes to look into.")
    private List<Long> pids = List.of();

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Most pages to look at, spread evenly; default ${DEFAULT-VALUE}.")
    private int samples;

    /** Every report, for JSON. */
    private record Reports(List<EntropyReport> reports) {}

    @Override
    public Integer call() throws IOException {
        if (paths.isEmpty() && pids.isEmpty()) {
            throw new ParameterException(
                    new CommandLine(spec), "nothing to look at: give PATH or --pid");
        }
        if (samples < 1) {
            throw new ParameterException(new CommandLine(spec), "--samples must be at least 1");
        }
        EntropySampler sampler = new EntropySampler(Codecs.available());
        List<EntropyReport> reports = new ArrayList<>();
        for (Path path : paths) {
            try (PageSource source = new FilePages(path)) {
                reports.add(sample(sampler, source));
            }
        }
        for (long pid : pids) {
            try (PageSource source = new ProcessPages(pid)) {
                reports.add(sample(sampler, source));
            }
        }
        json.print(new Reports(reports), () -> table(reports));
        return CommandLine.ExitCode.OK;
    }

    private EntropyReport sample(EntropySampler sampler, PageSource source) throws IOException {
        try (Progress progress = new Progress("looking at " + source.name())) {
            return sampler.sample(source, samples, progress);
        }
    }

    private static String table(List<EntropyReport> reports) {
        List<String> headings =
                new ArrayList<>(List.of("SOURCE", ">PAGES", ">SAMPLED", ">SAME", ">ENTROPY"));
        reports.getFirst()
                .codecs()
                .forEach(c -> headings.add(">" + c.algorithm().toUpperCase(Locale.ROOT)));
        TextTable table = new TextTable(headings.toArray(String[]::new));
        for (EntropyReport report : reports) {
            List<Object> row =
                    new ArrayList<>(
                            List.of(
                                    report.name(),
                                    report.pages(),
                                    report.sampled(),
                                    report.samePages(),
                                    String.format(Locale.ROOT, "%.2f", report.entropyBits())));
            for (EntropyReport.CodecRatio codec : report.codecs()) {
                row.add(
                        codec.ratio() == 0
                                ? "-"
                                : String.format(Locale.ROOT, "%.2f", codec.ratio()));
            }
            table.row(row.toArray());
        }
        return table.toString();
    }
}
