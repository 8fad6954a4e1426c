package io.trueno.zram.ublk.control;

import static io.trueno.zram.ublk.control.UblkAbi.CTRL_CMD;
import static io.trueno.zram.ublk.control.UblkAbi.CTRL_DEV_INFO;
import static io.trueno.zram.ublk.control.UblkAbi.PARAMS;
import static io.trueno.zram.ublk.control.UblkAbi.offset;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.ublk.sys.Errno;
import io.trueno.zram.ublk.sys.Linux;
import io.trueno.zram.ublk.sys.SystemCallException;
import io.trueno.zram.ublk.uring.Uring;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Commands to the ublk driver over {@code /dev/ublk-control}: each is one method that returns when
 * the driver has done it, or throws {@link SystemCallException} with the driver's reason.
 *
 * <p>Thread-safe; a command waits for the one before it.
 */
public final class UblkControl implements AutoCloseable {
    /** The driver's control device. */
    public static final String PATH = "/dev/ublk-control";

    private static final short NO_QUEUE = -1;
    private static final int SECTOR_SHIFT = 9;
    private static final int PAGE_SHIFT = 12;
    private static final Duration DELETION = Duration.ofSeconds(2);
    private static final long DELETION_POLL_NANOS = 2_000_000;

    /** As many sectors as fit the driver's field, in whole pages. */
    private static final int UNLIMITED_SECTORS = (int) (0xFFFF_FFFFL >> SECTOR_SHIFT & -8);

    private final int fd;
    private final Uring ring;
    private final long features;

    /**
     * Opens the control device.
     *
     * @throws SystemCallException if there is none ({@code ENOENT}: the module is not loaded), if
     *     we may not ({@code EACCES}), or if the driver is older than Linux 6.5
     */
    public UblkControl() {
        fd = Linux.open(PATH, Linux.O_RDWR);
        try {
            ring = Uring.forLargeCommands(2);
        } catch (RuntimeException e) {
            Linux.close(fd);
            throw e;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(JAVA_LONG);
            command("GET_FEATURES", UblkAbi.UBLK_U_CMD_GET_FEATURES, -1, NO_QUEUE, flags, 0);
            features = flags.get(JAVA_LONG, 0);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** What the driver can do, {@link UblkFeature#flag}s. */
    public long features() {
        return features;
    }

    /**
     * Makes a device, not yet started.
     *
     * @return the device as the driver has it: it chooses the number, clears features it does not
     *     know and may lower the number of queues
     */
    public DeviceInfo add(DeviceInfo wanted) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(CTRL_DEV_INFO);
            wanted.write(info);
            command("ADD_DEV", UblkAbi.UBLK_U_CMD_ADD_DEV, wanted.id(), NO_QUEUE, info, 0);
            return DeviceInfo.read(info);
        }
    }

    /** Sets what a device is to its users: a disk of whole pages that knows discard, as zram's. */
    public void setParameters(DeviceInfo device, long sizeBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = arena.allocate(PARAMS);
            params.set(JAVA_INT, offset(PARAMS, "len"), (int) PARAMS.byteSize());
            params.set(
                    JAVA_INT,
                    offset(PARAMS, "types"),
                    UblkAbi.UBLK_PARAM_TYPE_BASIC | UblkAbi.UBLK_PARAM_TYPE_DISCARD);
            for (String shift :
                    new String[] {
                        "logical_bs_shift", "physical_bs_shift", "io_opt_shift", "io_min_shift"
                    }) {
                params.set(JAVA_BYTE, offset(PARAMS, "basic", shift), (byte) PAGE_SHIFT);
            }
            params.set(
                    JAVA_INT,
                    offset(PARAMS, "basic", "max_sectors"),
                    device.maxIoBytes() >> SECTOR_SHIFT);
            params.set(
                    JAVA_LONG, offset(PARAMS, "basic", "dev_sectors"), sizeBytes >> SECTOR_SHIFT);
            params.set(JAVA_INT, offset(PARAMS, "discard", "discard_granularity"), Pages.SIZE);
            params.set(
                    JAVA_INT, offset(PARAMS, "discard", "max_discard_sectors"), UNLIMITED_SECTORS);
            params.set(
                    JAVA_INT,
                    offset(PARAMS, "discard", "max_write_zeroes_sectors"),
                    UNLIMITED_SECTORS);
            params.set(JAVA_SHORT, offset(PARAMS, "discard", "max_discard_segments"), (short) 1);
            command("SET_PARAMS", UblkAbi.UBLK_U_CMD_SET_PARAMS, device.id(), NO_QUEUE, params, 0);
        }
    }

    /** Makes the disk appear; returns when its queues have fetched and the kernel has read it. */
    public void start(int id) {
        plain("START_DEV", UblkAbi.UBLK_U_CMD_START_DEV, id, ProcessHandle.current().pid());
    }

    /** Makes the disk disappear, whoever uses it. */
    public void stop(int id) {
        plain("STOP_DEV", UblkAbi.UBLK_U_CMD_STOP_DEV, id, 0);
    }

    /** Stops a device unless somebody has it open ({@code EBUSY}), {@code SAFE_STOP_DEV}. */
    public void tryStop(int id) {
        plain("TRY_STOP_DEV", UblkAbi.UBLK_U_CMD_TRY_STOP_DEV, id, 0);
    }

    /**
     * Deletes a stopped device. Waits for those that have it open, but for a moment only: its
     * number is free once the last of them has closed it. (Before Linux 6.9 the driver itself
     * waits.)
     */
    public void delete(int id) {
        try {
            plain("DEL_DEV_ASYNC", UblkAbi.UBLK_U_CMD_DEL_DEV_ASYNC, id, 0);
        } catch (SystemCallException e) {
            if (e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            plain("DEL_DEV", UblkAbi.UBLK_U_CMD_DEL_DEV, id, 0);
        }
        long deadline = System.nanoTime() + DELETION.toNanos();
        while (find(id).isPresent() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(DELETION_POLL_NANOS);
        }
    }

    /**
     * Changes the size of a live device, {@code UPDATE_SIZE}. The caller makes sure that it is
     * live: Linux before 7.0 crashes otherwise.
     */
    public void resize(int id, long sizeBytes) {
        plain("UPDATE_SIZE", UblkAbi.UBLK_U_CMD_UPDATE_SIZE, id, sizeBytes >> SECTOR_SHIFT);
    }

    /**
     * Takes a live device from its server, {@code QUIESCE}: requests wait for the next one.
     *
     * @param timeoutMillis how long requests under way may take; then {@code EBUSY}
     */
    public void quiesce(int id, long timeoutMillis) {
        plain("QUIESCE_DEV", UblkAbi.UBLK_U_CMD_QUIESCE_DEV, id, timeoutMillis);
    }

    /** Begins to take a device over whose server has gone; {@code EBUSY} while it goes. */
    public void startRecovery(int id) {
        plain("START_USER_RECOVERY", UblkAbi.UBLK_U_CMD_START_USER_RECOVERY, id, 0);
    }

    /** Ends the taking over, once the queues have fetched: the requests that waited come. */
    public void endRecovery(int id) {
        long pid = ProcessHandle.current().pid();
        plain("END_USER_RECOVERY", UblkAbi.UBLK_U_CMD_END_USER_RECOVERY, id, pid);
    }

    /** What the driver knows of a device; empty if there is none of that number. */
    public Optional<DeviceInfo> find(int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(CTRL_DEV_INFO);
            command("GET_DEV_INFO", UblkAbi.UBLK_U_CMD_GET_DEV_INFO, id, NO_QUEUE, info, 0);
            return Optional.of(DeviceInfo.read(info));
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENODEV || e.errno() == Errno.EINVAL) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Sets the bits of the processors whose requests come to a queue. */
    public void affinity(int id, int queue, MemorySegment cpuMask) {
        command(
                "GET_QUEUE_AFFINITY",
                UblkAbi.UBLK_U_CMD_GET_QUEUE_AFFINITY,
                id,
                NO_QUEUE,
                cpuMask,
                queue);
    }

    private void plain(String name, int code, int id, long data) {
        command(name, code, id, NO_QUEUE, MemorySegment.NULL, data);
    }

    private synchronized void command(
            String name, int code, int id, short queue, MemorySegment buffer, long data) {
        int result;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment command = arena.allocate(CTRL_CMD);
            command.set(JAVA_INT, offset(CTRL_CMD, "dev_id"), id);
            command.set(JAVA_SHORT, offset(CTRL_CMD, "queue_id"), queue);
            command.set(JAVA_SHORT, offset(CTRL_CMD, "len"), (short) buffer.byteSize());
            command.set(JAVA_LONG, offset(CTRL_CMD, "addr"), buffer.address());
            command.set(JAVA_LONG, offset(CTRL_CMD, "data"), data);
            ring.command(fd, code, command, 0);
            ring.submitAndWait(1);
            result = ring.result(0);
            ring.release(1);
        }
        if (result < 0) {
            throw new SystemCallException("ublk " + name + (id < 0 ? "" : " " + id), -result);
        }
    }

    @Override
    public void close() {
        ring.close();
        Linux.close(fd);
    }
}
