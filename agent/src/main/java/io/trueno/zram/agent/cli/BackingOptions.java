package io.trueno.zram.agent.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where pages are written back, and how: null for what the command line leaves out. */
final class BackingOptions {
    @Option(
            names = "--backing-dev",
            paramLabel = "PATH",
            description = "Block device, empty file or new file to write pages back to.")
    private @Nullable Path device;

    @Option(
            names = "--encrypt",
            description = "Encrypt what goes to the backing device; the key stays in memory.")
    @Nullable Boolean encrypt;

    @Option(
            names = "--writeback-limit-enable",
            paramLabel = "BOOL",
            arity = "1",
            description = "Whether the limit counts.")
    @Nullable Boolean limitEnable;

    @Option(
            names = "--writeback-limit",
            paramLabel = "BLOCKS",
            description = "Blocks of 4 KiB that may still be written back.")
    @Nullable Long limit;

    @Option(
            names = "--compressed-writeback",
            paramLabel = "BOOL",
            arity = "1",
            description = "Whether pages are written back as they are packed; default true.")
    @Nullable Boolean compressed;

    @Option(
            names = "--writeback-batch-size",
            paramLabel = "PAGES",
            description = "Pages written back with one request; default 32.")
    @Nullable Integer batchSize;

    /** The device's path, which the agent may look for from another folder. */
    @Nullable String absoluteDevice() {
        return device == null ? null : device.toAbsolutePath().toString();
    }
}
