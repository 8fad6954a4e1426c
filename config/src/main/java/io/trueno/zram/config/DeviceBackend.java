package io.trueno.zram.config;

/** How a device is exported. */
public enum DeviceBackend {
    /** ublk where the kernel and this build have it, NBD otherwise. */
    AUTO,
    /** A block device {@code /dev/ublkbN}. */
    UBLK,
    /** An export of the NBD server. */
    NBD
}
