package io.trueno.zram.ublk;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.ublk.control.DeviceInfo;
import io.trueno.zram.ublk.control.UblkControl;
import io.trueno.zram.ublk.control.UblkFeature;
import io.trueno.zram.ublk.queue.QueueThreads;
import io.trueno.zram.ublk.queue.Rehearsal;
import io.trueno.zram.ublk.sys.Errno;
import io.trueno.zram.ublk.sys.SystemCallException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * The kernel's ublk driver, through which block devices are served from this process. Thread-safe.
 */
public final class UblkDriver implements AutoCloseable {
    private static final Duration RECOVERY_DEADLINE = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 10;
    private static final Path DEV = Path.of("/dev");
    private static final String NODES = "ublkc";

    /** Used where the driver has them. */
    private static final Set<UblkFeature> WANTED =
            EnumSet.of(
                    UblkFeature.USER_RECOVERY,
                    UblkFeature.USER_RECOVERY_REISSUE,
                    UblkFeature.CMD_IOCTL_ENCODE,
                    UblkFeature.UPDATE_SIZE,
                    UblkFeature.QUIESCE,
                    UblkFeature.SAFE_STOP_DEV,
                    UblkFeature.NO_AUTO_PART_SCAN);

    private static final List<Class<?>> LOADED_BEFORE_SERVICE =
            List.of(UblkControl.class, DeviceInfo.class, QueueThreads.class, UblkDevice.class);

    private final UblkControl control;

    private UblkDriver(UblkControl control) {
        this.control = control;
    }

    /**
     * Opens the driver.
     *
     * @throws UblkException if this kernel has none that works for us, with the reason
     */
    public static UblkDriver open() {
        try {
            return new UblkDriver(new UblkControl());
        } catch (SystemCallException e) {
            throw new UblkException(reason(e), e);
        } catch (UnsatisfiedLinkError e) {
            throw new UblkException("the C library cannot be called: " + e.getMessage(), e);
        }
    }

    private static String reason(SystemCallException e) {
        boolean ring = String.valueOf(e.getMessage()).startsWith("io_uring");
        return switch (e.errno()) {
            case Errno.ENOENT ->
                    UblkControl.PATH
                            + " is missing: load the driver as root with modprobe ublk_drv, if the kernel has it";
            case Errno.ENODEV, Errno.EINVAL, Errno.EOPNOTSUPP ->
                    "the kernel's ublk driver is older than Linux 6.5 (" + e.getMessage() + ")";
            case Errno.EACCES, Errno.EPERM ->
                    ring
                            ? "io_uring is switched off: sysctl kernel.io_uring_disabled=0"
                            : "not allowed to open " + UblkControl.PATH + ": run as root";
            case Errno.ENOSYS -> "this kernel has no io_uring";
            default -> e.getMessage() + "";
        };
    }

    /**
     * Serves requests that nobody has made, so that what serves real ones is loaded and compiled. A
     * driver is not needed.
     *
     * @param content of at least as many bytes as {@code pages}; overwritten with those
     * @param pages whole pages
     * @param most requests
     * @param end of it, as of {@link System#nanoTime}, if that comes first
     * @throws SystemCallException if the kernel has no io_uring for us
     */
    public static void rehearse(BlockDevice content, MemorySegment pages, long most, long end) {
        LOADED_BEFORE_SERVICE.forEach(Objects::requireNonNull);
        Rehearsal.run(content, pages, most, end);
    }

    /** Why a feature is not there, empty if it is. */
    public Optional<String> whyUnavailable(UblkFeature feature) {
        return feature.isIn(control.features())
                ? Optional.empty()
                : Optional.of("the kernel's ublk driver lacks it (Linux " + feature.since() + ")");
    }

    /**
     * Makes a device and serves it; when this returns, {@code /dev/ublkbN} is there.
     *
     * @param content what is served, whole pages; stays the caller's and must outlive the service
     * @throws UblkException if that fails; nothing is left behind then
     */
    public UblkDevice create(BlockDevice content, UblkOptions options) {
        if (content.sizeBytes() % Pages.SIZE != 0) {
            throw new UblkException("a ublk device has whole pages: size=" + content.sizeBytes());
        }
        DeviceInfo info = null;
        QueueThreads threads = null;
        try {
            info = add(options);
            control.setParameters(info, content.sizeBytes());
            threads = QueueThreads.start(info, control, content, false);
            control.start(info.id());
            return new UblkDevice(control, info, content, threads);
        } catch (SystemCallException | CompletionException e) {
            if (threads != null) {
                threads.leave();
            }
            if (info != null) {
                control.delete(info.id());
            }
            throw new UblkException("cannot make a ublk device: " + e.getMessage(), e);
        }
    }

    private DeviceInfo add(UblkOptions options) {
        try {
            return control.add(wanted(options, options.preferredId()));
        } catch (SystemCallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            return control.add(wanted(options, -1));
        }
    }

    private DeviceInfo wanted(UblkOptions options, int id) {
        long flags = 0;
        for (UblkFeature feature : WANTED) {
            flags |= feature.flag();
        }
        return new DeviceInfo(
                id,
                options.queues(),
                options.depth(),
                options.maxIoBytes(),
                DeviceInfo.State.DEAD,
                0,
                flags & control.features(),
                options.cookie());
    }

    /**
     * Takes over a device whose server has gone; when this returns, requests that waited since then
     * are served.
     *
     * @param cookie it was made with; a device with another one is not touched
     * @param content what it serves, with all that was written to it
     * @return empty if there is no such device any more
     * @throws UblkException if it is there and cannot be taken over
     */
    public Optional<UblkDevice> recover(long cookie, BlockDevice content) {
        Optional<DeviceInfo> found = find(cookie);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        DeviceInfo info = found.get();
        int id = info.id();
        try {
            if (info.state() == DeviceInfo.State.DEAD) {
                control.delete(id); // its server went before it had started it, or while it stopped
                return Optional.empty();
            }
            startRecovery(id);
            QueueThreads threads = QueueThreads.start(info, control, content, true);
            try {
                control.endRecovery(id);
            } catch (SystemCallException e) {
                threads.leave();
                throw e;
            }
            return Optional.of(new UblkDevice(control, info, content, threads));
        } catch (SystemCallException | CompletionException e) {
            throw new UblkException(
                    "cannot take ublk device " + id + " over: " + e.getMessage(), e);
        }
    }

    private Optional<DeviceInfo> find(long cookie) {
        try (DirectoryStream<Path> nodes = Files.newDirectoryStream(DEV, NODES + "[0-9]*")) {
            for (Path node : nodes) {
                String number = node.getFileName().toString().substring(NODES.length());
                Optional<DeviceInfo> device = control.find(Integer.parseInt(number));
                if (device.isPresent() && device.get().cookie() == cookie) {
                    return device;
                }
            }
            return Optional.empty();
        } catch (IOException | DirectoryIteratorException | SystemCallException e) {
            throw new UblkException("cannot look for ublk devices in " + DEV + ": " + e, e);
        }
    }

    /** A server that was killed takes a moment to go: the driver says EBUSY until then. */
    private void startRecovery(int id) {
        long deadline = System.nanoTime() + RECOVERY_DEADLINE.toNanos();
        while (true) {
            try {
                control.startRecovery(id);
                return;
            } catch (SystemCallException e) {
                if (e.errno() != Errno.EBUSY || System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UblkException("interrupted while taking ublk device " + id + " over", e);
            }
        }
    }

    @Override
    public void close() {
        control.close();
    }
}
