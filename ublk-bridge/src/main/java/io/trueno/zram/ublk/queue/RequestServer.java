package io.trueno.zram.ublk.queue;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.ublk.control.UblkAbi;
import io.trueno.zram.ublk.sys.Errno;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Executes requests against a device and gives their results in the driver's terms: bytes, or a
 * negated errno. It knows no ring. Any thread may use it; each brings its own buffers.
 */
final class RequestServer {
    private static final int SECTOR_SHIFT = 9;

    private final BlockDevice device;
    private final AtomicBoolean failedBefore = new AtomicBoolean();

    RequestServer(BlockDevice device) {
        this.device = device;
        errno(new BlockIoException.OutOfSpace("")); // links the switch, before memory is short
    }

    /**
     * Serves one request.
     *
     * @param opFlags operation and flags as in {@code ublksrv_io_desc}
     * @param startSector of 512 bytes, unsigned
     * @param sectors unsigned
     * @param buffers where data comes from or goes to, at {@code at}
     * @param room bytes of the request's own buffer
     * @return bytes of data moved, or a negated errno
     */
    int serve(
            int opFlags, long startSector, int sectors, MemorySegment buffers, long at, int room) {
        long offset = startSector << SECTOR_SHIFT;
        long length = Integer.toUnsignedLong(sectors) << SECTOR_SHIFT;
        try {
            switch (opFlags & 0xFF) {
                case UblkAbi.UBLK_IO_OP_READ -> {
                    if (length > room) {
                        return -Errno.EINVAL;
                    }
                    device.read(offset, buffers, at, (int) length);
                    return (int) length;
                }
                case UblkAbi.UBLK_IO_OP_WRITE -> {
                    if (length > room) {
                        return -Errno.EINVAL;
                    }
                    device.write(offset, buffers, at, (int) length);
                    return (int) length;
                }
                case UblkAbi.UBLK_IO_OP_FLUSH -> device.flush();
                case UblkAbi.UBLK_IO_OP_DISCARD -> device.discard(offset, length);
                case UblkAbi.UBLK_IO_OP_WRITE_ZEROES -> {
                    if ((opFlags & UblkAbi.UBLK_IO_F_NOUNMAP) != 0) {
                        device.writeZeroes(offset, length);
                    } else {
                        device.discard(offset, length);
                    }
                }
                default -> {
                    return -Errno.EOPNOTSUPP;
                }
            }
            return 0; // only data is counted in bytes
        } catch (RuntimeException e) {
            return -errno(e);
        }
    }

    /** Total: what is not the device's own failure is a bug of ours and reads as I/O error. */
    private int errno(RuntimeException e) {
        if (e instanceof BlockIoException failure) {
            return switch (failure) {
                case BlockIoException.OutOfSpace _ -> Errno.ENOSPC;
                case BlockIoException.BadRequest _ -> Errno.EINVAL;
                case BlockIoException.StoreFailure _ -> Errno.EIO;
            };
        }
        if (failedBefore.compareAndSet(false, true)) { // once: the log must not be flooded
            log().log(Level.ERROR, "a request failed inside the server", e);
        }
        return Errno.EIO;
    }

    /** Made when there is something to say: finding out who logs takes long, and users wait. */
    private static Logger log() {
        return System.getLogger(RequestServer.class.getName());
    }
}
