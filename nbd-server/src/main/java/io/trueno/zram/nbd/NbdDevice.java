package io.trueno.zram.nbd;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.nbd.netlink.NbdControl;
import io.trueno.zram.nbd.sys.Errno;
import io.trueno.zram.nbd.sys.Linux;
import io.trueno.zram.nbd.sys.Linux.SocketPair;
import io.trueno.zram.nbd.sys.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A device that this process serves as {@code /dev/nbdN}. Ends in one of two ways: {@link #remove}
 * takes it from the machine, {@link #detach} leaves it there for the next server.
 *
 * <p>There is one socket: of several, the driver gives up those on which a request takes long,
 * though the server has it and will do it, perhaps after the one sent in its place. Where a socket
 * is lost nevertheless, as when the kernel has no memory to send, the device's thread gives the
 * driver another one, after the last request that came through the old one is done: so that none is
 * executed after those that its users made later.
 *
 * <p>Thread-safe, except that nothing may follow one of the two ends.
 */
public final class NbdDevice {
    /**
     * A read of more would be answered in parts, and could not fail in the middle but by losing the
     * socket, again and again.
     */
    private static final int LONGEST_REQUEST_BYTES = RequestServer.MAX_SHORT_READ_BYTES;

    /** A request that a killed server had taken is given to the next one after so long. */
    private static final int LOOK_AFTER_MILLIS = 5_000;

    private static final int MAX_PAYLOAD_BYTES = 32 << 20;
    private static final long PAUSE_MILLIS = 20;

    private final NbdControl control;
    private final int index;
    private final String identity;
    private final BlockDevice content;
    private final NbdCounters counters = new NbdCounters();
    private final DeviceLink link;
    private final Thread thread;
    private final BlockSysfs sysfs;

    private int socket;
    private boolean leaving;
    private volatile boolean gone;

    NbdDevice(NbdControl control, int index, String identity, BlockDevice content) {
        this.control = control;
        this.index = index;
        this.identity = identity;
        this.content = content;
        this.sysfs = new BlockSysfs(index);
        Export export = new Export("nbd" + index, "", content, false, counters);
        this.link = new DeviceLink(new Session(export, false, false, MAX_PAYLOAD_BYTES));
        this.thread = Thread.ofPlatform().daemon().name("nbd" + index).unstarted(this::serve);
    }

    /** The block device. */
    public Path path() {
        return Path.of("/dev/nbd" + index);
    }

    /** What it has done since this process serves it; its connections are its sockets. */
    public NbdStatistics statistics() {
        return counters.snapshot();
    }

    /** Whether somebody else has disconnected it, as {@code nbd-client -d} does. */
    public boolean isGone() {
        return gone;
    }

    /**
     * Makes a device that is just connected ready to be served and recovered; disconnects it if
     * that fails.
     */
    void prepare() {
        try {
            if (!sysfs.backend().equals(identity)) {
                throw new IOException("the kernel's nbd driver is older than Linux 5.14");
            }
            sysfs.longestRequest(LONGEST_REQUEST_BYTES);
            sysfs.lookAfter(LOOK_AFTER_MILLIS);
        } catch (IOException e) {
            control.disconnect(index);
            throw new NbdDriverException("cannot attach " + path() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Serves it.
     *
     * @param fd the other end of the socket that the driver has; belongs to this device from now on
     */
    void start(int fd) {
        socket = fd;
        thread.start();
    }

    /** Serves it in place of a server that has gone; leaves it to the next one if that fails. */
    void takeOver() throws IOException {
        start(newSocket());
        try {
            if (sysfs.sizeBytes() != content.sizeBytes()) { // killed while it was resized
                control.resize(index, identity, content.sizeBytes());
            }
        } catch (IOException | SystemCallException e) {
            detach();
            throw e;
        }
    }

    private void serve() {
        int fd = socket;
        while (fd >= 0) {
            counters.opened();
            try {
                link.serve(fd);
            } catch (Error e) {
                // Such as a fault in mapped memory. Its request comes again, with the next socket.
                ServerLog.unexpected(e);
            }
            counters.closed();
            fd = nextSocket(fd);
        }
    }

    /** The socket after one that has ended; -1 if there is to be none. */
    private synchronized int nextSocket(int ended) {
        Linux.close(ended);
        socket = -1;
        try {
            while (socket < 0 && !gone) {
                wait(PAUSE_MILLIS); // the driver notices the end; detach does not wait for it
                if (leaving) {
                    return -1;
                }
                socket = tryNewSocket();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return socket;
    }

    private int tryNewSocket() {
        try {
            return newSocket();
        } catch (SystemCallException e) {
            gone = e.errno() == Errno.EINVAL;
            ServerLog.dropped(String.valueOf(e.getMessage()));
            return -1;
        }
    }

    private int newSocket() {
        SocketPair sockets = Linux.socketPair();
        try {
            control.reconnect(index, identity, sockets.second());
            return sockets.first();
        } catch (SystemCallException e) {
            Linux.close(sockets.first());
            throw e;
        } finally {
            Linux.close(sockets.second());
        }
    }

    /**
     * Whether somebody holds it for himself, as a file system or swap does. {@link #remove} does
     * not refuse for those who only have it open.
     */
    public boolean isInUse() {
        try {
            Linux.close(Linux.claim(path().toString()));
            return false;
        } catch (SystemCallException e) {
            return e.errno() == Errno.EBUSY;
        }
    }

    /**
     * Tells the kernel that the content's size has changed.
     *
     * @throws NbdDriverException if the kernel cannot, with the reason
     */
    public void resize() {
        try {
            control.resize(index, identity, content.sizeBytes());
        } catch (SystemCallException e) {
            throw new NbdDriverException("cannot resize " + path() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Takes the device from the machine.
     *
     * @param force also from those who use it; their requests fail from then on
     * @throws NbdDriverException if it is in use; it is served on then
     */
    public void remove(boolean force) {
        int claim = -1;
        try {
            if (!force) {
                claim = Linux.claim(path().toString()); // nobody mounts it meanwhile
            }
            synchronized (this) {
                leaving = true;
            }
            control.disconnect(index);
        } catch (SystemCallException e) {
            throw new NbdDriverException(
                    e.errno() == Errno.EBUSY
                            ? path() + " is in use: unmount it or swapoff it first"
                            : "cannot remove " + path() + ": " + e.getMessage(),
                    e);
        } finally {
            if (claim >= 0) {
                Linux.close(claim);
            }
        }
        awaitEnd();
    }

    /**
     * Stops serving when what the kernel has sent is answered, and leaves the device to the next
     * server, {@link NbdDriver#recover}: requests wait meanwhile.
     */
    public void detach() {
        synchronized (this) {
            leaving = true;
            if (socket >= 0) {
                Linux.stopReceiving(socket);
            }
            notifyAll();
        }
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
