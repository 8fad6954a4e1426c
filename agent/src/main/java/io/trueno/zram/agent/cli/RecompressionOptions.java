package io.trueno.zram.agent.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a device recompresses by itself: null for what the command line leaves out. */
final class RecompressionOptions {
    @Option(
            names = "--recompress-cpu",
            paramLabel = "SHARE",
            description =
                    "Share of one CPU for recompression by itself under balanced and ratio, 0 to 1;"
                            + " default 0.1.")
    @Nullable Double cpuShare;

    @Option(
            names = "--recompress-age",
            paramLabel = "SECONDS",
            description = "For how long such pages were not used; default 60.")
    @Nullable Integer age;
}
