package io.trueno.zram.ublk;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.ublk.control.DeviceInfo;
import io.trueno.zram.ublk.control.UblkControl;
import io.trueno.zram.ublk.control.UblkFeature;
import io.trueno.zram.ublk.queue.QueueStatistics;
import io.trueno.zram.ublk.queue.QueueThreads;
import io.trueno.zram.ublk.sys.Errno;
import io.trueno.zram.ublk.sys.Linux;
import io.trueno.zram.ublk.sys.SystemCallException;
import java.nio.file.Path;

/**
 * A device that this process serves as {@code /dev/ublkbN}. Ends in one of two ways: {@link
 * #remove} takes it from the machine, {@link #detach} leaves it there for the next server.
 *
 * <p>Thread-safe, except that nothing may follow one of these two.
 */
public final class UblkDevice {
    private static final long QUIESCE_MILLIS = 5_000;

    private final UblkControl control;
    private final DeviceInfo info;
    private final BlockDevice content;
    private final QueueThreads threads;

    UblkDevice(UblkControl control, DeviceInfo info, BlockDevice content, QueueThreads threads) {
        this.control = control;
        this.info = info;
        this.content = content;
        this.threads = threads;
    }

    /** The number in its path. */
    public int id() {
        return info.id();
    }

    /** The block device. */
    public Path path() {
        return Path.of("/dev/ublkb" + info.id());
    }

    /** What its queues have done since this process serves it. */
    public QueueStatistics statistics() {
        return threads.statistics();
    }

    /**
     * Whether somebody holds it for himself, as a file system or swap does. Where the driver can
     * tell, {@link #remove} also refuses for those who only have it open.
     */
    public boolean isInUse() {
        try {
            Linux.close(Linux.open(path().toString(), Linux.O_EXCL));
            return false;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.EBUSY) {
                return true;
            }
            throw e;
        }
    }

    /**
     * Tells the kernel that the content's size has changed.
     *
     * @throws UblkException if the kernel cannot, with the reason
     */
    public void resize() {
        requireResizable();
        try {
            control.resize(info.id(), content.sizeBytes());
        } catch (SystemCallException e) {
            throw new UblkException("cannot resize " + path() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Fails unless {@link #resize} can work.
     *
     * @throws UblkException with the reason
     */
    public void requireResizable() {
        if (!info.has(UblkFeature.UPDATE_SIZE)) {
            throw new UblkException(
                    path()
                            + " cannot be resized: the kernel's ublk driver lacks it (Linux "
                            + UblkFeature.UPDATE_SIZE.since()
                            + "); remove the device and create it anew");
        }
    }

    /**
     * Takes the device from the machine.
     *
     * @param force also from those who use it; their requests fail from then on
     * @throws UblkException if it is in use; it is served on then
     */
    public void remove(boolean force) {
        try {
            if (force) {
                control.stop(info.id());
            } else if (info.has(UblkFeature.SAFE_STOP_DEV)) {
                control.tryStop(info.id());
            } else if (isInUse()) {
                throw inUse();
            } else {
                control.stop(info.id());
            }
        } catch (SystemCallException e) {
            throw e.errno() == Errno.EBUSY
                    ? inUse()
                    : new UblkException("cannot stop " + path() + ": " + e.getMessage(), e);
        }
        threads.leave();
        control.delete(info.id());
    }

    private UblkException inUse() {
        return new UblkException(path() + " is in use: unmount it or swapoff it first");
    }

    /**
     * Stops serving and leaves the device to the next server, {@link UblkDriver#recover}: requests
     * wait meanwhile.
     */
    public void detach() {
        if (info.has(UblkFeature.QUIESCE)) {
            try {
                control.quiesce(info.id(), QUIESCE_MILLIS);
            } catch (SystemCallException e) {
                // Busy for so long, or not live: it is left as a server leaves it that is killed.
            }
        }
        threads.leave();
    }
}
