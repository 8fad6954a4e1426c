package io.trueno.zram.engine.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Tells whether memory can be had without waiting for the kernel to find it. Who waits for it but
 * must not start I/O to free some, as an I/O flusher, looks again and again, and what it holds
 * meanwhile, the memory map above all, keeps those waiting who would free it.
 *
 * <p>One thread. Looks into {@code /proc} only after half of what was free has been taken.
 */
public final class FreeMemory {
    private static final Path ZONES = Path.of("/proc/zoneinfo");
    private static final int SYSTEM_PAGE = 4096;
    private static final String FREE = "pages free";
    private static final String LOW = "low";
    private static final String PROTECTION = "protection:";

    private final LongSupplier free;
    private long left;

    /** Of this machine. */
    public FreeMemory() {
        this(FreeMemory::bytes);
    }

    /**
     * @param free bytes that are free now
     */
    FreeMemory(LongSupplier free) {
        this.free = free;
    }

    /**
     * Whether the caller can take so much now; it is counted as taken then.
     *
     * @param bytes few beside what the kernel frees once it begins to: hundreds of KiB
     */
    public boolean take(long bytes) {
        if (left < bytes) {
            long now = free.getAsLong();
            left = Math.min(now, Math.max(bytes, now / 2)); // others take some, too
        }
        if (left < bytes) {
            return false;
        }
        left -= bytes;
        return true;
    }

    /**
     * Bytes that can be taken before a zone comes below its low watermark, at which the kernel
     * begins to free some; what it keeps of a zone for those who can use no other is left out.
     * {@code proc_zoneinfo(5)}.
     *
     * @return as many as there can be, if the kernel does not tell
     */
    static long bytes() {
        try {
            return bytes(Files.readAllLines(ZONES));
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    static long bytes(List<String> zones) {
        long free = 0;
        long low = 0;
        long pages = 0;
        for (String line : zones) {
            String words = line.strip();
            if (words.startsWith(FREE)) {
                free = number(words, FREE);
            } else if (words.startsWith(LOW + ' ')) {
                low = number(words, LOW);
            } else if (words.startsWith(PROTECTION)) {
                pages += Math.max(0, free - low - mostProtected(words));
            }
        }
        return pages * SYSTEM_PAGE;
    }

    private static long number(String words, String name) {
        return Long.parseLong(words.substring(name.length()).strip());
    }

    /** Of {@code protection: (0, 438, 438)}. */
    private static long mostProtected(String words) {
        long most = 0;
        for (String pages : words.replaceAll("[^0-9,]", "").split(",", -1)) {
            most = Math.max(most, Long.parseLong(pages));
        }
        return most;
    }
}
