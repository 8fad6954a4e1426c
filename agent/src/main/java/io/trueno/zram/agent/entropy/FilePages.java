package io.trueno.zram.agent.entropy;

import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a file, or of every regular file below a folder, as the page cache would hold them:
 * each file's last page filled up with zeros. Symbolic links below the folder are not followed.
 */
public final class FilePages implements PageSource {
    private final Path root;
    private final NavigableMap<Long, Path> fileByFirstPage = new TreeMap<>();
    private final long pages;
    private @Nullable Path openPath;
    private @Nullable FileChannel open;

    /**
     * @throws IOException if {@code root} cannot be looked at or holds no bytes
     */
    public FilePages(Path root) throws IOException {
        this.root = root;
        long count = 0;
        for (Path file : filesOf(root)) {
            long filePages = Pages.count(Files.size(file));
            if (filePages > 0) {
                fileByFirstPage.put(count, file);
                count += filePages;
            }
        }
        if (count == 0) {
            throw new IOException(root + ": nothing in it to sample: name a file with content");
        }
        pages = count;
    }

    private static List<Path> filesOf(Path root) throws IOException {
        if (Files.isRegularFile(root)) {
            return List.of(root);
        }
        if (!Files.isDirectory(root)) {
            throw new IOException(
                    root + (Files.exists(root) ? ": no file or folder" : ": no such file"));
        }
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(p -> Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS))
                    .filter(Files::isReadable)
                    .sorted()
                    .toList();
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public String name() {
        return root.toString();
    }

    @Override
    public long pages() {
        return pages;
    }

    @Override
    public boolean read(long index, MemorySegment page) throws IOException {
        var file = fileByFirstPage.floorEntry(index);
        long offset = (index - file.getKey()) << Pages.SHIFT;
        ByteBuffer buffer = page.asByteBuffer();
        FileChannel channel = channelOf(file.getValue());
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, offset + buffer.position());
            if (read < 0) {
                break;
            }
        }
        if (buffer.position() == 0) {
            return false; // the file has become shorter
        }
        page.asSlice(buffer.position()).fill((byte) 0);
        return true;
    }

    private FileChannel channelOf(Path file) throws IOException {
        if (open == null || !file.equals(openPath)) {
            close();
            openPath = file;
            open = FileChannel.open(file, StandardOpenOption.READ);
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
