package io.trueno.zram.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The real memory pages that tests run on: the project's sample, or {@code trueno.zram.pages}. */
public final class SamplePages {
    private SamplePages() {}

    /** The folder that holds the {@code .pages} files. */
    public static Path folder() {
        return Path.of(System.getProperty("trueno.zram.pages", "pages"));
    }

    /** The {@code .pages} files, sorted by name. */
    public static List<Path> files() {
        try (Stream<Path> paths = Files.list(folder())) {
            return paths.filter(p -> p.toString().endsWith(".pages")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every page of one file. */
    public static List<byte[]> of(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            List<byte[]> pages = new ArrayList<>();
            for (int i = 0; i + Pages.SIZE <= bytes.length; i += Pages.SIZE) {
                pages.add(Arrays.copyOfRange(bytes, i, i + Pages.SIZE));
            }
            return pages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every page of every file. */
    public static List<byte[]> all() {
        return files().stream().flatMap(f -> of(f).stream()).toList();
    }
}
