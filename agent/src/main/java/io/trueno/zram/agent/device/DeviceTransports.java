package io.trueno.zram.agent.device;

import io.trueno.zram.config.DeviceBackend;
import java.util.Optional;

/** The transports there are, and the choice between them. */
public final class DeviceTransports {
    private final DeviceExports ublk;
    private final DeviceExports nbd;

    /**
     * @param ublk the first choice, where it works
     * @param nbd works everywhere
     */
    public DeviceTransports(DeviceExports ublk, DeviceExports nbd) {
        this.ublk = ublk;
        this.nbd = nbd;
    }

    /**
     * A transport that was chosen.
     *
     * @param backend {@code UBLK} or {@code NBD}
     * @param reason why not the first choice; empty if it is
     */
    record Choice(DeviceBackend backend, String reason) {}

    /**
     * Chooses for a new device.
     *
     * @throws DeviceException if the one that is wanted does not work here
     */
    Choice choose(DeviceBackend wanted) {
        if (wanted == DeviceBackend.NBD) {
            return new Choice(DeviceBackend.NBD, "");
        }
        Optional<String> why = ublk.whyUnavailable();
        if (why.isPresent() && wanted == DeviceBackend.UBLK) {
            throw DeviceException.badRequest(why.get() + "; or use --backend nbd");
        }
        return new Choice(why.isPresent() ? DeviceBackend.NBD : DeviceBackend.UBLK, why.orElse(""));
    }

    /** The transport of a device, which has been chosen. */
    DeviceExports of(DeviceBackend backend) {
        return switch (backend) {
            case UBLK -> ublk;
            case NBD -> nbd;
            case AUTO -> throw new IllegalArgumentException("not chosen: backend=" + backend);
        };
    }
}
