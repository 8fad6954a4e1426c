package io.trueno.zram.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The {@code .pages} files that come with the program. */
final class SampleFiles {
    /** Set by the launcher. */
    private static final String PROPERTY = "trueno.zram.pages";

    private SampleFiles() {}

    /**
     * {@code named}, or all of the program's own where none are named.
     *
     * @throws CommandFailure if there are none
     */
    static List<Path> orElseOurs(List<Path> named) {
        if (!named.isEmpty()) {
            return named;
        }
        Path folder = Path.of(System.getProperty(PROPERTY, "engine/pages"));
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".pages")).sorted().toList();
        } catch (IOException e) {
            throw new CommandFailure(
                    "no sample pages in " + folder + ": name files with --pages", e);
        }
    }
}
