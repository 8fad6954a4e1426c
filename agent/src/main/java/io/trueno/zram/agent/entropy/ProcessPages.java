package io.trueno.zram.agent.entropy;

import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pages of a process that swapping could take: its private writable memory that is backed by no
 * file and present now (bit 63 of {@code /proc/PID/pagemap}). The process runs on meanwhile.
 */
public final class ProcessPages implements PageSource {
    /** Address range, permissions, offset, device, inode, and a name unless anonymous. */
    private static final Pattern MAPPING =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) rw.p \\S+ \\S+ (\\d+)\\s*(.*)");

    private static final int PAGEMAP_ENTRY_BYTES = 8;
    private static final int PAGEMAP_CHUNK_ENTRIES = 8192;

    private final long pid;
    private final FileChannel memory;
    private final NavigableMap<Long, Long> addressByFirstPage = new TreeMap<>();
    private long pages;

    /**
     * @throws IOException if there is no such process, or it may not be looked at
     */
    public ProcessPages(long pid) throws IOException {
        this.pid = pid;
        Path proc = Path.of("/proc", Long.toString(pid));
        try (FileChannel pagemap = open(proc.resolve("pagemap"))) {
            for (String line : Files.readAllLines(proc.resolve("maps"))) {
                Matcher mapping = MAPPING.matcher(line);
                if (mapping.matches() && mapping.group(3).equals("0")) {
                    long start = Long.parseUnsignedLong(mapping.group(1), 16);
                    long end = Long.parseUnsignedLong(mapping.group(2), 16);
                    addPresent(pagemap, start >>> Pages.SHIFT, end >>> Pages.SHIFT);
                }
            }
            memory = open(proc.resolve("mem"));
        } catch (NoSuchFileException e) {
            throw new IOException("no process " + pid + ": check --pid", e);
        } catch (IOException e) {
            throw new IOException(
                    "cannot look into process " + pid + ": run this as its user or as root", e);
        }
        if (pages == 0) {
            memory.close();
            throw new IOException("process " + pid + " has no memory of its own");
        }
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    private void addPresent(FileChannel pagemap, long firstPage, long endPage) throws IOException {
        ByteBuffer entries =
                ByteBuffer.allocate(PAGEMAP_CHUNK_ENTRIES * PAGEMAP_ENTRY_BYTES)
                        .order(ByteOrder.nativeOrder());
        boolean inRun = false;
        long page = firstPage;
        while (page < endPage) {
            int wanted = (int) Math.min(PAGEMAP_CHUNK_ENTRIES, endPage - page);
            entries.clear().limit(wanted * PAGEMAP_ENTRY_BYTES);
            int read = pagemap.read(entries, page * PAGEMAP_ENTRY_BYTES);
            if (read < PAGEMAP_ENTRY_BYTES) {
                return; // above what pagemap covers, or the process is gone
            }
            for (int i = 0; i < read / PAGEMAP_ENTRY_BYTES; i++, page++) {
                boolean present = entries.getLong(i * PAGEMAP_ENTRY_BYTES) < 0; // bit 63
                if (present && !inRun) {
                    addressByFirstPage.put(pages, page << Pages.SHIFT);
                }
                inRun = present;
                pages += present ? 1 : 0;
            }
        }
    }

    @Override
    public String name() {
        return "process " + pid;
    }

    @Override
    public long pages() {
        return pages;
    }

    @Override
    public boolean read(long index, MemorySegment page) {
        Map.Entry<Long, Long> run = addressByFirstPage.floorEntry(index);
        long address = run.getValue() + ((index - run.getKey()) << Pages.SHIFT);
        try {
            return memory.read(page.asByteBuffer(), address) == Pages.SIZE;
        } catch (IOException e) {
            return false; // EIO: unmapped since
        }
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
