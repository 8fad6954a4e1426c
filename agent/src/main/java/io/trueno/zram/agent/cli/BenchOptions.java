package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.PageSet;
import io.trueno.zram.engine.SimdBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the measurements have in common. */
final class BenchOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--pages",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Raw 4096-byte pages; default the sample that comes with the program.")
    private List<Path> pages = List.of();

    @Option(
            names = "--backend",
            paramLabel = "SIMD",
            description = "Kernels: ${COMPLETION-CANDIDATES}; default the widest available.")
    private @Nullable SimdBackend backend;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that work at the same time; default ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "15",
            description = "Measured passes, of which medians are taken; default ${DEFAULT-VALUE}.")
    private int rounds;

    PageSet pages() throws IOException {
        return PageSet.load(files());
    }

    /** The files of pages to measure on. */
    List<Path> files() {
        return SampleFiles.orElseOurs(pages);
    }

    /** The files of pages, a workload each, where one of them is left out in turn. */
    List<Path> workloads() {
        List<Path> files = files();
        if (files.size() < 2) {
            throw new ParameterException(
                    new CommandLine(spec),
                    "each file is left out of training in turn: name two files at least");
        }
        return files;
    }

    /** The backend asked for, which is available. */
    SimdBackend backend() {
        if (backend == null) {
            return SimdBackend.detect();
        }
        SimdBackend wanted = backend;
        wanted.whyUnavailable()
                .ifPresent(reason -> {
                    throw new CommandFailure(wanted + " is not available: " + reason);
                });
        return wanted;
    }

    int threads() {
        return atLeastOne("--threads", threads);
    }

    int rounds() {
        return atLeastOne("--rounds", rounds);
    }

    private int atLeastOne(String option, int value) {
        if (value < 1) {
            throw new ParameterException(
                    new CommandLine(spec), option + " must be at least 1, not " + value);
        }
        return value;
    }
}
