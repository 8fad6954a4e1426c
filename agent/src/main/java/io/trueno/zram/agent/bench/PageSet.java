package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Real memory pages, loaded once into native memory that lives as long as the process.
 *
 * @param memory the pages, back to back
 * @param count how many there are
 */
public record PageSet(MemorySegment memory, int count) {
    /**
     * Reads {@code .pages} files: raw 4096-byte pages, concatenated.
     *
     * @throws IOException if a file cannot be read, is empty or holds part of a page
     */
    public static PageSet load(List<Path> files) throws IOException {
        long total = 0;
        for (Path file : files) {
            total += size(file);
        }
        MemorySegment memory = Arena.global().allocate(total, 64);
        long at = 0;
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                    Arena mapping = Arena.ofConfined()) {
                long size = size(file);
                MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, mapping);
                MemorySegment.copy(mapped, 0, memory, at, size);
                at += size;
            }
        }
        return new PageSet(memory, Math.toIntExact(total / Pages.SIZE));
    }

    private static long size(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size == 0 || size % Pages.SIZE != 0) {
                throw new IOException(file + " does not hold whole 4096-byte pages: size=" + size);
            }
            return size;
        }
    }

    /** Where page {@code index} begins in {@link #memory}, in bytes. */
    public long offset(int index) {
        return (long) index * Pages.SIZE;
    }

    /** Bytes in all pages. */
    public long bytes() {
        return (long) count * Pages.SIZE;
    }
}
