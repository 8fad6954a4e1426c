package io.trueno.zram.nbd;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.nbd.netlink.NbdControl;
import io.trueno.zram.nbd.sys.Errno;
import io.trueno.zram.nbd.sys.Linux;
import io.trueno.zram.nbd.sys.Linux.SocketPair;
import io.trueno.zram.nbd.sys.SystemCallException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The kernel's nbd driver, through which block devices are served from this process as {@code
 * /dev/nbdN}. It takes neither a server nor a client of NBD: the driver is handed one end of a pair
 * of sockets, and a thread of ours answers at the other. Thread-safe.
 */
public final class NbdDriver implements AutoCloseable {
    private static final List<Class<?>> LOADED_BEFORE_SERVICE =
            List.of(NbdControl.class, NbdDevice.class, BlockSysfs.class);

    private final NbdControl control;

    private NbdDriver(NbdControl control) {
        this.control = control;
    }

    /**
     * Opens the driver.
     *
     * @throws NbdDriverException if this kernel has none, with the reason
     */
    public static NbdDriver open() {
        try {
            return new NbdDriver(new NbdControl());
        } catch (SystemCallException e) {
            throw new NbdDriverException(
                    e.errno() == Errno.ENOENT
                            ? "the kernel's nbd driver is missing: load it as root with modprobe nbd"
                            : String.valueOf(e.getMessage()),
                    e);
        } catch (UnsatisfiedLinkError e) {
            throw new NbdDriverException("the C library cannot be called: " + e.getMessage(), e);
        }
    }

    /**
     * Serves requests that nobody has made, so that what serves real ones is loaded and compiled. A
     * driver is not needed.
     *
     * @param content of at least as many bytes as {@code pages}; overwritten with those
     * @param pages whole pages
     * @param most requests
     * @param end of it, as of {@link System#nanoTime}
     */
    public static void rehearse(BlockDevice content, MemorySegment pages, long most, long end) {
        LOADED_BEFORE_SERVICE.forEach(Objects::requireNonNull);
        LinkRehearsal.run(content, pages, most, end);
    }

    /**
     * Makes a device and serves it; when this returns, {@code /dev/nbdN} is there.
     *
     * @param content what is served, whole pages; stays the caller's and must outlive the service
     * @param identity by which {@link #recover} finds the device, of no other device
     * @param preferred its number where that is free; -1 for any
     * @throws NbdDriverException if that fails; nothing is left behind then
     */
    public NbdDevice create(BlockDevice content, String identity, int preferred) {
        if (content.sizeBytes() % Pages.SIZE != 0) {
            throw new NbdDriverException("a device has whole pages: size=" + content.sizeBytes());
        }
        try {
            SocketPair sockets = Linux.socketPair();
            try {
                int index = connect(content.sizeBytes(), identity, preferred, sockets.second());
                NbdDevice device = new NbdDevice(control, index, identity, content);
                device.prepare();
                device.start(sockets.first());
                return device;
            } catch (RuntimeException e) {
                Linux.close(sockets.first());
                throw e;
            } finally {
                Linux.close(sockets.second()); // the driver has its own hold of it
            }
        } catch (SystemCallException e) {
            throw new NbdDriverException(
                    e.errno() == Errno.EPERM
                            ? "not allowed to attach a device to the kernel's nbd driver: run as root"
                            : "cannot attach a device: " + e.getMessage(),
                    e);
        }
    }

    private int connect(long sizeBytes, String identity, int preferred, int socket) {
        try {
            return control.connect(preferred, sizeBytes, identity, socket);
        } catch (SystemCallException e) {
            if (preferred < 0 || e.errno() == Errno.EPERM) {
                throw e;
            }
            return control.connect(-1, sizeBytes, identity, socket);
        }
    }

    /**
     * Takes a device over that another process has left, by {@link NbdDevice#detach} or by being
     * killed. Its users' requests have waited and go on.
     *
     * @param content what is served: the same as before
     * @param identity it was made with
     * @return the device, empty if there is none
     * @throws NbdDriverException if that fails
     */
    public Optional<NbdDevice> recover(BlockDevice content, String identity) {
        try {
            for (int index : control.connected()) {
                if (new BlockSysfs(index).backend().equals(identity)) {
                    NbdDevice device = new NbdDevice(control, index, identity, content);
                    device.takeOver();
                    return Optional.of(device);
                }
            }
            return Optional.empty();
        } catch (SystemCallException | IOException e) {
            throw new NbdDriverException("cannot take a device over: " + e.getMessage(), e);
        }
    }

    /** All devices are removed or detached before. */
    @Override
    public void close() {
        control.close();
    }
}
