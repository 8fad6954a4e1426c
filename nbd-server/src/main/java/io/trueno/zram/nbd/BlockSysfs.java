package io.trueno.zram.nbd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the kernel tells of an nbd device, and lets be set, below {@code /sys/block/nbdN}. */
final class BlockSysfs {
    private static final int SECTOR_BYTES = 512;

    private final Path folder;

    /**
     * @param index N
     */
    BlockSysfs(int index) {
        this.folder = Path.of("/sys/block/nbd" + index);
    }

    /** The identity that the device was made with; empty if it has none, or the kernel no file. */
    String backend() throws IOException {
        try {
            return Files.readString(folder.resolve("backend")).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    long sizeBytes() throws IOException {
        return Long.parseLong(Files.readString(folder.resolve("size")).strip()) * SECTOR_BYTES;
    }

    /** The longest request that the kernel makes. */
    void longestRequest(int bytes) throws IOException {
        Files.writeString(folder.resolve("queue/max_sectors_kb"), Integer.toString(bytes >> 10));
    }

    /** After how long the driver looks whether a request without an answer has lost its socket. */
    void lookAfter(int millis) throws IOException {
        Files.writeString(folder.resolve("queue/io_timeout"), Integer.toString(millis));
    }
}
