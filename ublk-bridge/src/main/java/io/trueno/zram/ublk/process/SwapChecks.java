package io.trueno.zram.ublk.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks whether this process, on this machine, is fit to serve swap, as the kernel sees it in
 * {@code /proc}.
 */
public final class SwapChecks {
    private static final Path SELF = Path.of("/proc/self");

    /** {@code PF_IO_FLUSHER} of {@code linux/sched.h}. */
    private static final long IO_FLUSHER = 0x180000;

    /** Of {@code /proc/PID/stat}, counted behind the name: {@code proc_pid_stat(5)}. */
    private static final int STAT_FLAGS = 6;

    private static final String AS_ROOT = "run the agent as root with CAP_SYS_RESOURCE";

    private SwapChecks() {}

    /**
     * Every condition.
     *
     * @param devices the folder that devices are kept in, which need not exist
     */
    public static List<SwapCheck> all(Path devices) {
        try {
            return List.of(
                    ioFlusher(),
                    memoryLocked(),
                    oomScore(),
                    mounts(),
                    devicesStay(devices),
                    WatermarkBoost.check());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + SELF, e);
        }
    }

    private static SwapCheck ioFlusher() throws IOException {
        int threads = 0;
        int flushers = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(SELF.resolve("task"))) {
            for (Path task : tasks) {
                try {
                    threads++;
                    if ((Long.parseLong(stat(task, STAT_FLAGS)) & IO_FLUSHER) == IO_FLUSHER) {
                        flushers++;
                    }
                } catch (NoSuchFileException e) {
                    threads--; // it has ended
                }
            }
        }
        return SwapCheck.of(
                "io-flusher",
                flushers == threads,
                flushers + " of " + threads + " threads",
                AS_ROOT);
    }

    /** A field of {@code /proc/PID/stat}, counted behind the name. */
    private static String stat(Path process, int field) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[field];
    }

    private static SwapCheck memoryLocked() throws IOException {
        long locked = status("VmLck:");
        long resident = status("VmRSS:");
        return SwapCheck.of(
                "memory-locked",
                locked >= resident,
                locked / 1024 + " MiB locked, " + resident / 1024 + " MiB resident",
                "allow it to lock memory: LimitMEMLOCK=infinity, or CAP_IPC_LOCK");
    }

    /** A line of {@code /proc/self/status}, in KiB. */
    private static long status(String key) throws IOException {
        try (Stream<String> lines = Files.lines(SELF.resolve("status"))) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        }
    }

    private static SwapCheck oomScore() throws IOException {
        String score = Files.readString(SELF.resolve("oom_score_adj")).strip();
        return SwapCheck.of(
                "oom-score", score.equals("-1000"), "oom_score_adj is " + score, AS_ROOT);
    }

    private static SwapCheck mounts() throws IOException {
        Path ours = Files.readSymbolicLink(SELF.resolve("ns/mnt"));
        String remedy = AS_ROOT + ", CAP_SYS_ADMIN and CAP_SYS_PTRACE";
        try {
            boolean own = !ours.equals(Files.readSymbolicLink(Path.of("/proc/1/ns/mnt")));
            String detail = own ? "its own" : "shared with the rest of the machine";
            return SwapCheck.of("mount-namespace", own, detail, remedy);
        } catch (IOException e) {
            return SwapCheck.of("mount-namespace", false, "cannot be told", remedy);
        }
    }

    /**
     * Whether devices stay in memory while no process has them locked, as between an agent that was
     * killed and the next. Else a page of a device that is swap may be written to that device.
     */
    private static SwapCheck devicesStay(Path devices) throws IOException {
        boolean stay = Files.isDirectory(devices) && isNeverSwapped(devices);
        return SwapCheck.of(
                "devices-unswappable",
                stay,
                devices + (stay ? " is never swapped out" : " may be swapped out"),
                "start the agent as root by its launcher, with perl, on Linux 6.4 or newer, in the"
                        + " usual runtime directory, or mount a tmpfs with noswap at its folder"
                        + " devices");
    }

    private static boolean isNeverSwapped(Path folder) throws IOException {
        long device = (long) Files.getAttribute(folder, "unix:dev");
        // dev_t of the C library, sysmacros.h
        long major = (device >>> 8) & 0xFFF;
        long minor = (device & 0xFF) | ((device >>> 12) & ~0xFFL);
        String number = major + ":" + minor;
        try (Stream<String> mounts = Files.lines(SELF.resolve("mountinfo"))) {
            return mounts.map(line -> line.split(" ", -1))
                    .anyMatch(fields ->
                            fields[2].equals(number)
                                    && Arrays.asList(fields[fields.length - 1].split(","))
                                            .contains("noswap"));
        }
    }
}
