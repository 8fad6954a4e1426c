package io.trueno.zram.agent.device;

import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.config.DeviceDefaults;
import io.trueno.zram.config.StorePolicy;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.store.PageStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The devices of one agent. Makes, changes and removes them one at a time; what clients read and
 * write meanwhile does not pass through here. Every method may be called from any thread.
 */
public final class DeviceRegistry implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("zram(0|[1-9]\\d{0,4})");

    /** The most a device may have: the index of a larger one would not fit a page table. */
    private static final long MAX_SIZE_BYTES = 16L << 40;

    private final DeviceDefaults defaults;
    private final DeviceExports exports;
    private final Map<String, ManagedDevice> devices = new HashMap<>();

    /**
     * @param defaults for what a request leaves out
     * @param exports where new devices are made reachable
     */
    public DeviceRegistry(DeviceDefaults defaults, DeviceExports exports) {
        this.defaults = defaults;
        this.exports = exports;
    }

    /** Makes a device from a request. */
    public synchronized DeviceStatus create(DeviceRequest request) {
        Long size = request.sizeBytes();
        if (size == null && defaults.sizeBytes().isEmpty()) {
            throw badRequest("a device needs a size: give --size, or set size in [default]");
        }
        return create(
                new DeviceConfig(
                        request.name() == null ? lowestFreeName() : request.name(),
                        size == null ? defaults.sizeBytes().getAsLong() : size,
                        request.algorithm() == null ? defaults.algorithm() : request.algorithm(),
                        word(StorePolicy.class, "policy", request.policy(), defaults.policy()),
                        request.memLimitBytes() == null
                                ? defaults.memLimitBytes()
                                : request.memLimitBytes(),
                        word(
                                DeviceBackend.class,
                                "backend",
                                request.backend(),
                                defaults.backend())));
    }

    /** Makes a device as it is configured. */
    public synchronized DeviceStatus create(DeviceConfig config) {
        String name = config.name();
        if (!NAME.matcher(name).matches()) {
            throw badRequest("not a device name: '" + name + "': use zram0, zram1 and so on");
        }
        if (devices.containsKey(name)) {
            throw new DeviceException(
                    Kind.CONFLICT,
                    name + " is there already: choose another name or remove it first");
        }
        if (config.backend() == DeviceBackend.UBLK) {
            throw badRequest("this build has no ublk: use --backend nbd or auto");
        }
        if (config.policy() != StorePolicy.SPEED) {
            throw badRequest(
                    "this build has no policy "
                            + lowerCase(config.policy())
                            + ": use --policy speed");
        }
        ManagedDevice device = new ManagedDevice(config, openStore(config));
        try {
            exports.add(name, device.store(), describe(device));
        } catch (RuntimeException e) {
            device.store().close();
            throw e;
        }
        devices.put(name, device);
        return status(device);
    }

    private static PageStore openStore(DeviceConfig config) {
        if (config.sizeBytes() < 1 || config.sizeBytes() > MAX_SIZE_BYTES) {
            throw badRequest("size out of range, 1 byte to 16T: sizeBytes=" + config.sizeBytes());
        }
        try {
            return PageStore.open(
                    new PageStore.Options(
                            config.name(),
                            Pages.count(config.sizeBytes()) << Pages.SHIFT,
                            Algorithm.parse(config.algorithm()),
                            SimdBackend.detect(),
                            config.memLimitBytes()));
        } catch (IllegalArgumentException e) {
            throw badRequest(e.getMessage());
        } catch (IOException | RuntimeException e) {
            throw new DeviceException(
                    Kind.FAILED,
                    config.name() + " cannot be made, try a smaller size: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Removes a device and gives its memory back.
     *
     * @param force disconnects its clients instead of refusing
     */
    public synchronized void remove(String name, boolean force) {
        ManagedDevice device = find(name);
        refuseIfInUse(name, force);
        exports.remove(name);
        device.store().close();
        devices.remove(name);
    }

    /**
     * Empties a device: content, counters and what {@link #change} set are as on the day it was
     * made.
     *
     * @param force disconnects its clients instead of refusing
     */
    public synchronized DeviceStatus reset(String name, boolean force) {
        DeviceConfig config = find(name).config();
        remove(name, force);
        return create(config);
    }

    /** Changes what can be changed on a running device. */
    public synchronized DeviceStatus change(String name, DeviceChange change) {
        ManagedDevice device = find(name);
        try {
            if (change.memLimitBytes() != null && change.memLimitBytes() < 0) {
                throw badRequest("negative memory limit: use 0 for none");
            }
            if (change.algorithm() != null) {
                device.store().algorithm(Algorithm.parse(change.algorithm()));
            }
        } catch (IllegalArgumentException e) {
            throw badRequest(e.getMessage());
        }
        if (change.memLimitBytes() != null) {
            device.store().memLimit(change.memLimitBytes());
        }
        if (Boolean.TRUE.equals(change.resetMemUsedMax())) {
            device.store().resetMemUsedMax();
        }
        return status(device);
    }

    /**
     * Moves a device's pages together and gives the memory between them back.
     *
     * @return bytes saved
     */
    public long compact(String name) {
        ManagedDevice device;
        synchronized (this) {
            device = find(name);
        }
        return device.store().compact(); // long; nothing else has to wait for it
    }

    /** One device as it is now. */
    public synchronized DeviceStatus status(String name) {
        return status(find(name));
    }

    /** Every device as it is now, in order of numbers. */
    public synchronized List<DeviceStatus> list() {
        return devices.keySet().stream()
                .sorted(Comparator.comparingInt(DeviceRegistry::number))
                .map(this::status)
                .toList();
    }

    /** Removes every device, whoever uses it. */
    @Override
    public synchronized void close() {
        for (String name : List.copyOf(devices.keySet())) {
            remove(name, true);
        }
    }

    private ManagedDevice find(String name) {
        ManagedDevice device = devices.get(name);
        if (device == null) {
            throw new DeviceException(
                    Kind.NOT_FOUND,
                    "no device " + name + ": 'trueno-zram list' shows those there are");
        }
        return device;
    }

    private void refuseIfInUse(String name, boolean force) {
        int clients = exports.clients(name);
        if (clients > 0 && !force) {
            throw new DeviceException(
                    Kind.CONFLICT,
                    name
                            + " is in use by "
                            + clients
                            + (clients == 1 ? " client" : " clients")
                            + ": disconnect first, or use --force");
        }
    }

    private DeviceStatus status(ManagedDevice device) {
        String name = device.config().name();
        return new DeviceStatus(
                name,
                device.store().sizeBytes(),
                device.store().algorithm().toString(),
                lowerCase(device.config().policy()),
                lowerCase(DeviceBackend.NBD),
                exports.uri(name),
                exports.clients(name),
                device.store().stats());
    }

    private static String describe(ManagedDevice device) {
        return "compressed RAM (" + device.config().algorithm() + ")";
    }

    private String lowestFreeName() {
        int number = 0;
        while (devices.containsKey("zram" + number)) {
            number++;
        }
        return "zram" + number;
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring("zram".length()));
    }

    private static <E extends Enum<E>> E word(
            Class<E> type, String what, @Nullable String text, E otherwise) {
        if (text == null) {
            return otherwise;
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(c -> lowerCase(c).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        badRequest(
                                "unknown "
                                        + what
                                        + " '"
                                        + text
                                        + "': use "
                                        + Arrays.stream(type.getEnumConstants())
                                                .map(DeviceRegistry::lowerCase)
                                                .collect(Collectors.joining(", "))));
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static DeviceException badRequest(@Nullable String message) {
        return new DeviceException(Kind.BAD_REQUEST, String.valueOf(message));
    }
}
