package io.trueno.zram.vmtests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The ublk selftests of the newest kernel, {@code tools/testing/selftests/ublk} of its pinned
 * source package.
 */
public final class KernelSelftests {
    private static final String FOLDER = "tools/testing/selftests/ublk";

    private KernelSelftests() {}

    /** Their scripts, unpacked on first use. */
    public static Path folder() {
        return DebianPackages.unpacked("source-7.2", KernelSelftests::arrange);
    }

    private static void arrange(Path root, Path kept) throws IOException {
        Path top = root.resolveSibling("source");
        Files.createDirectories(top);
        HostCommand.text(
                "sh",
                "-c",
                "tar -C '%s' --strip-components=1 --wildcards -xf '%s'/usr/src/linux-source-*.tar.xz '*/%s'"
                        .formatted(top, root, FOLDER));
        Files.move(top.resolve(FOLDER), kept);
    }
}
