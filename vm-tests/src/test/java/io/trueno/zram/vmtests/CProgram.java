package io.trueno.zram.vmtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The programs of {@code src/test/c}, compiled by this machine's C compiler. */
final class CProgram {
    private CProgram() {}

    /** The path of the program from {@code NAME.c}, for guests too. */
    static Path compiled(String name) {
        Path program = Path.of("target/vm", name).toAbsolutePath();
        try {
            Files.createDirectories(program.getParent());
            Process compiler =
                    new ProcessBuilder(
                                    "cc",
                                    "-O2",
                                    "-o",
                                    program.toString(),
                                    "src/test/c/" + name + ".c")
                            .inheritIO()
                            .start();
            if (compiler.waitFor() != 0) {
                throw new IOException("cc cannot compile " + name + ".c");
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
