package io.trueno.zram.ublk;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.ublk.control.UblkAbi;

/**
 * How a new device is served.
 *
 * @param preferredId the number in {@code /dev/ublkbN} if it is free, else the driver chooses; -1
 *     for no preference
 * @param queues 1 to 4096; the driver takes no more than there are processors
 * @param depth requests under way in each queue, 1 to 4096
 * @param maxIoBytes longest request, whole pages up to 32 MiB; every request has a buffer of it
 * @param cookie to recognise the device by after a restart
 */
public record UblkOptions(int preferredId, int queues, int depth, int maxIoBytes, long cookie) {
    private static final int MAX_IO_BYTES = 32 << 20;

    public UblkOptions {
        require("queues", queues, 1, UblkAbi.UBLK_MAX_NR_QUEUES);
        require("depth", depth, 1, UblkAbi.UBLK_MAX_QUEUE_DEPTH);
        require("maxIoBytes", maxIoBytes, Pages.SIZE, MAX_IO_BYTES);
        if (maxIoBytes % Pages.SIZE != 0) {
            throw new IllegalArgumentException("not whole pages: maxIoBytes=" + maxIoBytes);
        }
    }

    private static void require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be " + least + " to " + most + ": " + name + "=" + value);
        }
    }
}
