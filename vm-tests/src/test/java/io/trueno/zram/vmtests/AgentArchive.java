package io.trueno.zram.vmtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The archive that the agent's build makes, unpacked where guests see it. */
final class AgentArchive {
    private AgentArchive() {}

    /** Holder: unpacked once. */
    private static final class Unpacked {
        static final Path TREE = unpack(Path.of(System.getProperty("trueno.zram.archive")));
    }

    /** The folder with {@code bin/trueno-zram}. */
    static Path tree() {
        return Unpacked.TREE;
    }

    private static Path unpack(Path archive) {
        try {
            if (!Files.exists(archive)) {
                throw new IOException(
                        archive + " is missing: make it with ./mvnw -pl agent -am package");
            }
            Path parent = Path.of("target/vm/agent").toAbsolutePath();
            Files.createDirectories(parent);
            Process tar =
                    new ProcessBuilder("tar", "-C", parent.toString(), "-xf", archive.toString())
                            .inheritIO()
                            .start();
            if (tar.waitFor() != 0) {
                throw new IOException("cannot unpack " + archive);
            }
            String name = archive.getFileName().toString();
            return parent.resolve(name.substring(0, name.length() - ".tar.gz".length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
