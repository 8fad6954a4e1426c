package io.trueno.zram.ublk.process;

import io.trueno.zram.engine.memory.FreeMemory;
import io.trueno.zram.ublk.sys.Linux;
import io.trueno.zram.ublk.sys.SystemCallException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes this process fit to serve swap. What the process may not do is left out; {@link SwapChecks}
 * tells what holds.
 */
public final class SwapSafety {
    /** {@code PR_SET_IO_FLUSHER} of {@code linux/prctl.h}. */
    private static final int PR_SET_IO_FLUSHER = 57;

    private static final int MCL_CURRENT = 1;
    private static final int MCL_FUTURE = 2;
    private static final int MCL_ONFAULT = 4;

    /** More than the compilers were seen to take at once. */
    private static final long RESERVE_BYTES = 16 << 20;

    /** Brought in at once. */
    private static final long PIECE = 256 << 10;

    private static final long POLL_MILLIS = 20;

    /** The range of {@code malloc}, where {@link #keepReserve} is. */
    private static final String MALLOC = "[heap]";

    /** Set for the process that {@link #prepare} starts, which need not prepare again. */
    private static final String PREPARED = "ZRAM_AGENT_PREPARED";

    private static final Path SELF = Path.of("/proc/self");

    /** The JDK's class files: large, and read only while classes are loaded. */
    private static final String CLASS_FILES = "/lib/modules";

    private SwapSafety() {}

    /**
     * Makes every thread an I/O flusher ({@code PR_SET_IO_FLUSHER}), and gives the process mounts
     * of its own, so that it does not hold a file system that lies on its own device.
     *
     * <p>A thread can do this only for itself, and passes it on to what it executes. The threads of
     * the collector and the compilers run before any code of ours; so the process executes itself
     * once more, and this returns in the second run, or where it is not permitted.
     */
    public static void prepare() {
        if (System.getenv(PREPARED) != null) {
            return;
        }
        try {
            Linux.prctl(PR_SET_IO_FLUSHER, 1);
            Linux.unshareMounts();
            List<String> environment = new ArrayList<>(zeroSeparated("environ"));
            environment.add(PREPARED + "=1");
            List<String> command = zeroSeparated("cmdline");
            Linux.exec(command.getFirst(), command, environment); // the launcher gives a whole path
        } catch (SystemCallException | IOException e) {
            log().log(Level.DEBUG, "not prepared for swap: {0}", e.getMessage());
        }
    }

    private static List<String> zeroSeparated(String file) throws IOException {
        String text = Files.readString(SELF.resolve(file), StandardCharsets.ISO_8859_1);
        return Arrays.asList(text.split("\0"));
    }

    /**
     * Keeps what is and will be in this process's memory from being swapped out or dropped. To be
     * called before large files are mapped: what is mapped later is locked as it is touched.
     */
    public static void lockFromNowOn() {
        try {
            Linux.lockAll(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
        } catch (SystemCallException e) {
            log().log(Level.DEBUG, "memory is not locked: {0}", e.getMessage());
        }
    }

    /**
     * Has memory at hand for what the JVM allocates while it runs, its compilers above all, once it
     * is brought in. A thread that has to wait for memory may hold a lock that the next request's
     * thread needs, the process's memory map among them.
     */
    public static void keepReserve() {
        Linux.keepFreedMemory(RESERVE_BYTES);
    }

    /**
     * Brings the program itself into memory: code, class data, heap and stacks; not what is shared,
     * as arenas are, and not the JDK's class files. To be called again when there are new threads:
     * one that waits for memory, even for its own stack, keeps the collector waiting, and all
     * others with it.
     *
     * <p>Where memory is short, as after a kill, the kernel frees it bit by bit, through the very
     * devices that this process serves. So it can be taken bit by bit, too.
     *
     * @param patience how long to wait for free memory at most, in all; the rest is taken at once
     */
    public static void bringIn(Duration patience) {
        FreeMemory free = new FreeMemory();
        long deadline = System.nanoTime() + patience.toNanos();
        for (MappedRange range : program()) {
            lock(range, free, deadline);
        }
    }

    /** What {@link #bringIn} is for; the range of {@code malloc} first. */
    private static List<MappedRange> program() {
        List<MappedRange> ranges = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(SELF.resolve("maps"))) {
                MappedRange range = MappedRange.parse(line);
                if (range.file().equals(MALLOC)) {
                    ranges.addFirst(range);
                } else if (range.isReadablePrivate() && !range.file().endsWith(CLASS_FILES)) {
                    ranges.add(range);
                }
            }
        } catch (IOException e) {
            log().log(Level.DEBUG, "memory is not brought in: {0}", e.getMessage());
        }
        return ranges;
    }

    private static void lock(MappedRange range, FreeMemory free, long deadline) {
        try {
            for (long at = 0; at < range.bytes(); at += PIECE) {
                long bytes = Math.min(PIECE, range.bytes() - at);
                while (System.nanoTime() - deadline < 0 && !free.take(bytes)) {
                    Thread.sleep(POLL_MILLIS);
                }
                Linux.lock(range.start() + at, bytes);
            }
        } catch (SystemCallException e) {
            // Unmapped meanwhile, or not permitted: the checks tell.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keeps the kernel from ending this process when memory is short. */
    public static void neverEndForMemory() {
        try {
            Files.writeString(SELF.resolve("oom_score_adj"), "-1000");
        } catch (IOException e) {
            log().log(Level.DEBUG, "oom_score_adj stays: {0}", e.getMessage());
        }
    }

    /** Made when there is something to say: finding out who logs takes long, and users wait. */
    private static Logger log() {
        return System.getLogger(SwapSafety.class.getName());
    }
}
