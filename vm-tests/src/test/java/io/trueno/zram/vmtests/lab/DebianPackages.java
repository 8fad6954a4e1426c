package io.trueno.zram.vmtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Debian packages of {@code vm-tests/kernels.txt}, fetched from the archive that this machine's apt
 * is set to and unpacked below a cache folder: {@code $XDG_CACHE_HOME} or {@code ~/.cache}, {@code
 * /trueno-zram/kernels}. Nothing is installed.
 */
final class DebianPackages {
    private static final Path TABLE = Path.of("kernels.txt");
    private static final String APT_HELPER = "/usr/lib/apt/apt-helper";

    private DebianPackages() {}

    private record Pinned(String name, String sha256, String path) {}

    /** Makes of what packages hold what is kept of them. */
    @FunctionalInterface
    interface Arrangement {
        /**
         * Fills a folder.
         *
         * @param root of the unpacked packages, deleted afterwards
         * @param kept does not exist yet
         */
        void arrange(Path root, Path kept) throws IOException;
    }

    /**
     * What is kept of the packages of {@code name}, fetched unless it is there.
     *
     * @throws UncheckedIOException if they cannot be had; the message says what to do
     */
    static Path unpacked(String name, Arrangement arrangement) {
        try {
            List<Pinned> packages = pinned(name);
            Path cache = Files.createDirectories(cacheFolder());
            Path folder = cache.resolve(name + "-" + packages.getFirst().sha256().substring(0, 12));
            try (FileChannel lock =
                    FileChannel.open(
                            cache.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE)) {
                lock.lock();
                if (!Files.isDirectory(folder)) {
                    unpack(packages, folder, arrangement);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Pinned> pinned(String name) throws IOException {
        List<Pinned> found = new ArrayList<>();
        for (String line : Files.readAllLines(TABLE)) {
            String[] words = line.split(" ", -1);
            if (words[0].equals(name)) {
                found.add(new Pinned(words[0], words[1], words[2]));
            }
        }
        if (found.isEmpty()) {
            throw new IOException("no package " + name + " in vm-tests/kernels.txt");
        }
        return found;
    }

    private static Path cacheFolder() {
        String base = System.getenv("XDG_CACHE_HOME");
        Path folder =
                base == null || base.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(base);
        return folder.resolve("trueno-zram/kernels");
    }

    private static void unpack(List<Pinned> packages, Path folder, Arrangement arrangement)
            throws IOException {
        Path work = Files.createTempDirectory(folder.getParent(), "unpacking");
        String archive = debianArchive();
        for (Pinned one : packages) {
            Path deb = work.resolve("package.deb");
            try {
                HostCommand.text(
                        APT_HELPER,
                        "-oAPT::Sandbox::User=" + System.getProperty("user.name"),
                        "download-file",
                        archive + one.path(),
                        deb.toString(),
                        "SHA256:" + one.sha256());
            } catch (IOException e) {
                throw new IOException(
                        "cannot fetch "
                                + one.path()
                                + ": if the archive has moved on to a newer version, run"
                                + " vm-tests/update-kernels.sh ("
                                + e.getMessage()
                                + ")",
                        e);
            }
            HostCommand.text("dpkg", "-x", deb.toString(), work.resolve("root").toString());
            Files.delete(deb);
        }
        arrangement.arrange(work.resolve("root"), work.resolve("kept"));
        Files.move(work.resolve("kept"), folder);
        HostCommand.text("rm", "-r", work.toString());
    }

    /** The root of the Debian archive that apt uses, with a slash at the end. */
    private static String debianArchive() throws IOException {
        String targets =
                HostCommand.text(
                        "apt-get",
                        "indextargets",
                        "--format",
                        "$(REPO_URI)",
                        "Created-By: Packages");
        return Stream.of(targets.split("\n", -1))
                .filter(uri -> uri.endsWith("/debian/"))
                .findFirst()
                .orElseThrow(() ->
                        new IOException(
                                "apt names no Debian archive: guests boot Debian's kernels"
                                        + " and are tested on Debian"));
    }
}
