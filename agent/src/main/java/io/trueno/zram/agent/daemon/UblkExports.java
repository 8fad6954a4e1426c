package io.trueno.zram.agent.daemon;

import io.trueno.zram.agent.device.DeviceException;
import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.agent.device.DeviceExports;
import io.trueno.zram.config.UblkConfig;
import io.trueno.zram.ublk.UblkDevice;
import io.trueno.zram.ublk.UblkDriver;
import io.trueno.zram.ublk.UblkException;
import io.trueno.zram.ublk.UblkOptions;
import io.trueno.zram.ublk.process.SwapSafety;
import io.trueno.zram.ublk.queue.QueueStatistics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Exports devices as block devices of this machine, {@code /dev/ublkbN}, each with a link {@code
 * /dev/trueno-zram/zramN} to it.
 */
final class UblkExports implements DeviceExports, AutoCloseable {
    private static final Path CONTROL = Path.of("/dev/ublk-control");
    private static final long WARM_UP_REQUESTS = 50_000;
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(5);

    private final UblkConfig config;
    private final Map<String, UblkDevice> devices = new HashMap<>();
    private @Nullable UblkDriver driver;
    private final Thread warmUp =
            Thread.ofPlatform()
                    .daemon()
                    .name("warm-up")
                    .unstarted(() ->
                            WarmUp.run(WARM_UP_REQUESTS, LONGEST_WARM_UP, UblkDriver::rehearse));
    private volatile boolean leaving;

    UblkExports(UblkConfig config) {
        this.config = config;
    }

    @Override
    public Optional<String> whyUnavailable() {
        try {
            driver();
            return Optional.empty();
        } catch (UblkException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private UblkDriver driver() {
        if (driver == null) {
            if (!Files.exists(CONTROL)) {
                KernelModule.load("ublk_drv");
            }
            driver = UblkDriver.open();
        }
        return driver;
    }

    @Override
    public void add(Export export) {
        try {
            UblkDevice device =
                    driver().recover(export.cookie(), export.content())
                            .orElseGet(() -> create(export));
            devices.put(export.name(), device);
            DeviceLinks.link(export.name(), device.path());
        } catch (UblkException e) {
            throw new DeviceException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Begins to warm up for the first device, which otherwise has to wait for all of it; called
     * when those of an earlier agent are served: their users do not wait for it, and warm the path.
     */
    void warmUp() {
        if (devices.isEmpty() && Files.exists(CONTROL)) {
            warmUp.start();
        }
    }

    private void awaitWarmth() {
        if (warmUp.getState() == Thread.State.NEW) {
            warmUp.start();
        }
        try {
            warmUp.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the device is served all the same
        }
    }

    private UblkDevice create(Export export) {
        awaitWarmth();
        UblkDevice device = driver().create(export.content(), options(export));
        SwapSafety.bringIn(Duration.ZERO); // its threads, while there is memory for their stacks
        return device;
    }

    private UblkOptions options(Export export) {
        int number = Integer.parseInt(export.name().replaceAll("\\D", ""));
        return new UblkOptions(
                number, config.queues(), config.depth(), config.maxIoBytes(), export.cookie());
    }

    @Override
    public void remove(String name, boolean force) {
        UblkDevice device = find(name);
        try {
            device.remove(force);
        } catch (UblkException e) {
            throw new DeviceException(Kind.CONFLICT, String.valueOf(e.getMessage()), e);
        }
        devices.remove(name);
        DeviceLinks.unlink(name);
    }

    /** From now on {@link #detach} leaves every device to the next agent, used or not. */
    void leaveForNextAgent() {
        leaving = true;
    }

    /** A device that nobody uses is not left behind, unless another agent follows at once. */
    @Override
    public void detach(String name) {
        UblkDevice device = devices.remove(name);
        if (device == null) {
            return;
        }
        if (!leaving && !device.isInUse()) {
            try {
                device.remove(false);
                DeviceLinks.unlink(name);
                return;
            } catch (UblkException e) {
                // opened meanwhile
            }
        }
        device.detach();
        log().log(Level.INFO, "{0} waits for the next agent", device.path());
    }

    @Override
    public void requireResizable(String name) {
        try {
            find(name).requireResizable();
        } catch (UblkException e) {
            throw new DeviceException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void resized(String name) {
        try {
            find(name).resize();
        } catch (UblkException e) {
            throw new DeviceException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public int clients(String name) {
        return find(name).isInUse() ? 1 : 0;
    }

    @Override
    public Map<String, Long> statistics(String name) {
        QueueStatistics done = find(name).statistics();
        Map<String, Long> named = new LinkedHashMap<>();
        named.put("ublk_requests", done.requests());
        named.put("ublk_failed", done.failed());
        named.put("ublk_batches", done.batches());
        named.put("ublk_system_calls", done.systemCalls());
        return named;
    }

    @Override
    public String whyNotAttached(String name) {
        return "";
    }

    @Override
    public String uri(String name) {
        return find(name).path().toString();
    }

    private UblkDevice find(String name) {
        return Objects.requireNonNull(devices.get(name), name);
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
        return System.getLogger(UblkExports.class.getName());
    }
}
