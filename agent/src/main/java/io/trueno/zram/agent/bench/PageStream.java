package io.trueno.zram.agent.bench;

import com.github.luben.zstd.ZstdInputStream;
import io.trueno.zram.engine.Pages;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Page writes in order: which content goes to which page of a device. */
public final class PageStream {
    private static final int RECORD = Long.BYTES + Pages.SIZE;
    private static final ValueLayout.OfLong INDEX =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Most pages that a device in a measurement may have: 64 GiB. */
    private static final int MAX_DEVICE_PAGES = 1 << 24;

    private final PageSet contents;
    private final int[] targets;
    private final int devicePages;

    private PageStream(PageSet contents, int[] targets, int devicePages) {
        this.contents = contents;
        this.targets = targets;
        this.devicePages = devicePages;
    }

    /** Every page once, in order. */
    public static PageStream inOrder(PageSet pages) {
        int[] targets = new int[pages.count()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = i;
        }
        return new PageStream(pages, targets, targets.length);
    }

    /**
     * Reads a swap-out trace: records of a 64-bit little-endian page index and the page's 4096
     * bytes, later ones overwriting earlier ones. A name that ends in {@code .zst} is of a file
     * packed with Zstandard.
     *
     * @throws IOException if the file holds no or part of a record, or an index too large
     */
    public static PageStream trace(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = records(file, arena);
            long size = records.byteSize();
            if (size == 0 || size % RECORD != 0) {
                throw new EOFException(
                        file + " does not hold whole records of 8 + 4096 bytes: size=" + size);
            }
            int count = Math.toIntExact(size / RECORD);
            MemorySegment memory = Arena.global().allocate((long) count * Pages.SIZE, 64);
            int[] targets = new int[count];
            int devicePages = 0;
            for (int i = 0; i < count; i++) {
                long at = (long) i * RECORD;
                long index = records.get(INDEX, at);
                if (index < 0 || index >= MAX_DEVICE_PAGES) {
                    throw new IOException(
                            file + ": page index out of range: record=" + i + " index=" + index);
                }
                targets[i] = (int) index;
                devicePages = Math.max(devicePages, targets[i] + 1);
                MemorySegment.copy(
                        records, at + Long.BYTES, memory, (long) i * Pages.SIZE, Pages.SIZE);
            }
            return new PageStream(new PageSet(memory, count), targets, devicePages);
        }
    }

    /** The bytes of a file, unpacked if its name ends in {@code .zst}. */
    private static MemorySegment records(Path file, Arena arena) throws IOException {
        if (file.toString().endsWith(".zst")) {
            try (InputStream in = new ZstdInputStream(Files.newInputStream(file))) {
                return MemorySegment.ofArray(in.readAllBytes());
            }
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.size() == 0
                    ? MemorySegment.NULL
                    : channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    /** What is written: page {@code i} of the set by write {@code i}. */
    PageSet contents() {
        return contents;
    }

    /** How many writes there are. */
    public int writes() {
        return targets.length;
    }

    /** The device page that write {@code i} goes to. */
    int target(int i) {
        return targets[i];
    }

    /** Size of the device in pages. */
    int devicePages() {
        return devicePages;
    }

    /** For each device page the number of the write that it must read back, or -1 for none. */
    int[] lastWrites() {
        int[] last = new int[devicePages];
        Arrays.fill(last, -1);
        for (int i = 0; i < targets.length; i++) {
            last[targets[i]] = i;
        }
        return last;
    }
}
