package io.trueno.zram.vmtests;

import java.util.Locale;

/** How a device of the agent becomes one of the guest's kernel. */
enum Transport {
    /** The kernel's nbd driver, over a socket that the agent hands it. */
    NBD,
    /** The kernel's ublk driver. */
    UBLK;

    /** The name of the {@code --backend}. */
    String backend() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the paths of its block devices begin with. */
    String pathPrefix() {
        return this == NBD ? "/dev/nbd" : "/dev/ublkb";
    }
}
