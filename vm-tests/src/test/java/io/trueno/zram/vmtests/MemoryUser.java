package io.trueno.zram.vmtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program {@code memory-user.c}, compiled by this machine's C compiler. */
final class MemoryUser {
    private MemoryUser() {}

    /** Its path, for guests too. */
    static Path program() {
        Path program = Path.of("target/vm/memory-user").toAbsolutePath();
        try {
            Files.createDirectories(program.getParent());
            Process compiler =
                    new ProcessBuilder(
                                    "cc",
                                    "-O2",
                                    "-o",
                                    program.toString(),
                                    "src/test/c/memory-user.c")
                            .inheritIO()
                            .start();
            if (compiler.waitFor() != 0) {
                throw new IOException("cc cannot compile memory-user.c");
            }
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
