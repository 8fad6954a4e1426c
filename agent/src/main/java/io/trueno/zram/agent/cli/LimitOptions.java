package io.trueno.zram.agent.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much memory a device may take and keep ready: null for what the command line leaves out. */
final class LimitOptions {
    @Option(
            names = "--mem-limit",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Most memory for compressed pages; 0 is no limit, the default.")
    @Nullable Long memLimit;

    @Option(
            names = "--soft-limit",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Memory at which the agent says so; 0 is none, the default.")
    @Nullable Long softLimit;

    @Option(
            names = "--headroom",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Memory kept ready ahead of its use; default 64M.")
    @Nullable Long headroom;
}
