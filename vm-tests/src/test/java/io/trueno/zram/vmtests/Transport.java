package io.trueno.zram.vmtests;

import com.google.gson.JsonObject;
import io.trueno.zram.vmtests.lab.Guest;
import java.util.Locale;

/** How a device of the agent becomes one of the guest's kernel. */
enum Transport {
    /** The agent's NBD server and the kernel's NBD client, on the agent's Unix socket. */
    NBD {
        @Override
        String attach(Guest guest, JsonObject device) {
            String name = device.get("name").getAsString();
            String path = "/dev/nbd" + name.substring("zram".length());
            guest.sh(
                    """
                    modprobe nbd
                    nbd-client -unix /run/trueno-zram/nbd.sock %s -N %s -b 4096 -C 2 -swap
                    """
                            .formatted(path, name));
            return path;
        }

        @Override
        void detach(Guest guest, String path) {
            guest.sh("nbd-client -d " + path);
        }
    },
    /** The agent serves the kernel's ublk driver: the device is one from the beginning. */
    UBLK {
        @Override
        String attach(Guest guest, JsonObject device) {
            return device.get("uri").getAsString();
        }

        @Override
        void detach(Guest guest, String path) {
            // It goes with the agent's device.
        }
    };

    /** Makes the kernel's device of one that the agent has made; returns its path. */
    abstract String attach(Guest guest, JsonObject device);

    /** Undoes {@link #attach}. */
    abstract void detach(Guest guest, String path);

    /** The name of the {@code --backend}. */
    String backend() {
        return name().toLowerCase(Locale.ROOT);
    }
}
