package io.trueno.zram.agent.daemon;

import io.trueno.zram.agent.device.DeviceExports.Export;
import io.trueno.zram.nbd.NbdDevice;
import io.trueno.zram.nbd.NbdDriver;
import io.trueno.zram.nbd.NbdDriverException;
import io.trueno.zram.ublk.process.SwapSafety;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Attaches devices that are served over NBD to the kernel's nbd driver, {@code /dev/nbdN}, where
 * there is one and this process may; keeps the reason where not.
 */
final class NbdAttachments implements AutoCloseable {
    /** There when the driver is, built in or loaded. */
    private static final Path MODULE = Path.of("/sys/module/nbd");

    private static final Duration WARM_UP = Duration.ofMillis(500);

    private final Map<String, NbdDevice> devices = new HashMap<>();
    private final Map<String, String> reasons = new HashMap<>();
    private @Nullable NbdDriver driver;
    private boolean warm;

    /** Attaches a device, or finds out why not; takes one over that an earlier agent attached. */
    void attach(Export export) {
        try {
            String identity = "trueno-zram-" + HexFormat.of().toHexDigits(export.cookie());
            NbdDevice device =
                    driver().recover(export.content(), identity)
                            .orElseGet(() -> create(export, identity));
            devices.put(export.name(), device);
            DeviceLinks.link(export.name(), device.path());
        } catch (NbdDriverException e) {
            reasons.put(export.name(), String.valueOf(e.getMessage()));
        }
    }

    private NbdDriver driver() {
        if (driver == null) {
            if (!Files.exists(MODULE)) {
                KernelModule.load("nbd");
            }
            driver = NbdDriver.open();
        }
        return driver;
    }

    private NbdDevice create(Export export, String identity) {
        if (!warm) { // not before a recovery, whose users wait, and whose path is warm at once
            WarmUp.run(Long.MAX_VALUE, WARM_UP, NbdDriver::rehearse);
            warm = true;
        }
        int preferred = Integer.parseInt(export.name().replaceAll("\\D", ""));
        NbdDevice device = driver().create(export.content(), identity, preferred);
        SwapSafety.bringIn(Duration.ZERO); // its thread, before there is no memory for its stack
        return device;
    }

    /** The device in {@code /dev}, while it is there. */
    Optional<NbdDevice> find(String name) {
        NbdDevice device = devices.get(name);
        if (device != null && device.isGone()) {
            devices.remove(name);
            DeviceLinks.unlink(name);
            reasons.put(name, device.path() + " was disconnected by somebody else");
        }
        return Optional.ofNullable(devices.get(name));
    }

    /** Why it is not attached; empty if it is, or was not to be. */
    String whyNot(String name) {
        return find(name).isPresent() ? "" : reasons.getOrDefault(name, "");
    }

    /**
     * Takes a device from the kernel.
     *
     * @param force also from those who use it
     * @throws NbdDriverException if it is in use; it stays attached then
     */
    void remove(String name, boolean force) {
        find(name).ifPresent(device -> device.remove(force));
        forget(name);
        DeviceLinks.unlink(name);
    }

    /**
     * Ends service. A device that nobody uses is not left behind.
     *
     * @param leave whether it is, since another agent follows at once
     */
    void detach(String name, boolean leave) {
        Optional<NbdDevice> attached = find(name);
        forget(name);
        if (attached.isEmpty()) {
            return;
        }
        NbdDevice device = attached.get();
        if (!leave) {
            try {
                device.remove(false);
                DeviceLinks.unlink(name);
                return;
            } catch (NbdDriverException e) {
                // it is used
            }
        }
        device.detach();
        log().log(Level.INFO, "{0} waits for the next agent", device.path());
    }

    private void forget(String name) {
        devices.remove(name);
        reasons.remove(name);
    }

    /** All devices are detached before. */
    @Override
    public void close() {
        if (driver != null) {
            driver.close();
        }
    }

    /** Made when there is something to say: finding out who logs takes long, and users wait. */
    private static Logger log() {
        return System.getLogger(NbdAttachments.class.getName());
    }
}
