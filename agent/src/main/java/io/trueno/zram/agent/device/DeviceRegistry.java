package io.trueno.zram.agent.device;

import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.agent.dictionary.ZstdJniDictionaryTrainer;
import io.trueno.zram.config.ByteSize;
import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.config.DeviceDefaults;
import io.trueno.zram.config.StorePolicy;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.Recompression;
import io.trueno.zram.engine.store.RecompressionRequest;
import io.trueno.zram.engine.store.StoreFormatException;
import io.trueno.zram.engine.store.StoreStats;
import io.trueno.zram.engine.store.WritebackRequest;
import io.trueno.zram.engine.store.WritebackResult;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The devices of one agent. Makes, changes and removes them one at a time; what clients read and
 * write meanwhile does not pass through here. Every method may be called from any thread.
 */
public final class DeviceRegistry implements AutoCloseable {
    private static final Logger LOG = System.getLogger(DeviceRegistry.class.getName());
    private static final Pattern NAME = Pattern.compile("zram(0|[1-9]\\d{0,4})");

    /** The most a device may have: the index of a larger one would not fit a page table. */
    private static final long MAX_SIZE_BYTES = 16L << 40;

    private final DeviceDefaults defaults;
    private final DeviceExports exports;
    private final StateFolder states;
    private final Map<String, ManagedDevice> devices = new HashMap<>();

    /** Devices whose state cannot be used, and why. */
    private final Map<String, String> refused = new HashMap<>();

    /**
     * @param defaults for what a request leaves out
     * @param exports where new devices are made reachable
     * @param states where devices outlive the agent
     */
    public DeviceRegistry(DeviceDefaults defaults, DeviceExports exports, StateFolder states) {
        this.defaults = defaults;
        this.exports = exports;
        this.states = states;
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * Serves the devices that an earlier agent has left. One whose state is damaged is left as it
     * is; the others are served nevertheless.
     *
     * @return a line for each device that could not be served, which says what to do
     */
    public synchronized List<String> attach() {
        List<String> names;
        try {
            names = states.devices();
        } catch (IOException e) {
            return List.of("the devices of an earlier agent cannot be found: " + e);
        }
        for (String name : names) {
            try {
                DeviceState state = states.read(name);
                DeviceConfig now =
                        state.now().withSize(PageStore.storedSizeBytes(states.pages(name)));
                serve(new ManagedDevice(state.with(now), openStore(now, states.pages(name))));
            } catch (IOException | RuntimeException e) {
                refused.put(
                        name,
                        name
                                + " is not served, its state is left as it is in "
                                + states.folder(name)
                                + ": "
                                + e.getMessage()
                                + ". 'trueno-zram remove --force "
                                + name
                                + "' deletes it");
            }
        }
        return refused.values().stream().sorted().toList();
    }

    /** Whether there is such a device, be it served or refused. */
    public synchronized boolean has(String name) {
        return devices.containsKey(name) || refused.containsKey(name);
    }

    /** Makes a device from a request. */
    public synchronized DeviceStatus create(DeviceRequest request) {
        Long size = request.sizeBytes();
        if (size == null && defaults.sizeBytes().isEmpty()) {
            throw badRequest("a device needs a size: give --size, or set size in [default]");
        }
        StorePolicy policy = word(StorePolicy.class, "policy", request.policy(), defaults.policy());
        return create(
                new DeviceConfig(
                        request.name() == null ? lowestFreeName() : request.name(),
                        size == null ? defaults.sizeBytes().getAsLong() : size,
                        algorithmOf(request, policy),
                        policy,
                        request.memLimitBytes() == null
                                ? defaults.memLimitBytes()
                                : request.memLimitBytes(),
                        defaults.softLimitBytes(),
                        defaults.headroomBytes(),
                        word(
                                DeviceBackend.class,
                                "backend",
                                request.backend(),
                                defaults.backend())));
    }

    /** A request that names a policy and no algorithm leaves the choice to the policy. */
    private String algorithmOf(DeviceRequest request, StorePolicy policy) {
        if (request.algorithm() != null) {
            return request.algorithm();
        }
        return request.policy() == null ? defaults.algorithm() : policy.defaultAlgorithm();
    }

    /** Makes a device as it is configured. */
    public synchronized DeviceStatus create(DeviceConfig config) {
        String name = config.name();
        if (!isName(name)) {
            throw badRequest("not a device name: '" + name + "': use zram0, zram1 and so on");
        }
        if (has(name)) {
            throw new DeviceException(
                    Kind.CONFLICT,
                    refused.getOrDefault(
                            name,
                            name + " is there already: choose another name or remove it first"));
        }
        if (config.backend() == DeviceBackend.UBLK) {
            throw badRequest("this build has no ublk: use --backend nbd or auto");
        }
        DeviceState state = DeviceState.of(config);
        try {
            PageStore store = openStore(config, states.begin(name));
            try {
                states.commit(state);
            } catch (IOException | RuntimeException e) {
                store.close();
                throw e;
            }
            ManagedDevice device = new ManagedDevice(state, store);
            serve(device);
            return status(device);
        } catch (IOException | RuntimeException e) {
            forget(name);
            throw e instanceof RuntimeException unchecked ? unchecked : cannotKeep(name, e);
        }
    }

    /** Makes a device reachable; it is closed if that fails. */
    private void serve(ManagedDevice device) {
        PageStore store = device.store();
        store.softLimit(device.state().now().softLimitBytes());
        store.onSoftLimit(() ->
                LOG.log(
                        Level.WARNING,
                        "{0} takes {1} of memory and has reached its soft limit: write back,"
                                + " recompress or free pages",
                        device.name(),
                        ByteSize.format(store.stats().memUsedTotal())));
        try {
            exports.add(device.name(), device.store(), describe(device));
        } catch (RuntimeException e) {
            device.store().close();
            throw e;
        }
        devices.put(device.name(), device);
    }

    /** Deletes the state of a device that is not open. */
    private void forget(String name) {
        try {
            states.delete(name);
        } catch (IOException e) {
            throw new DeviceException(
                    Kind.FAILED, "the state of " + name + " cannot be deleted: " + e, e);
        }
        refused.remove(name);
    }

    private static DeviceException cannotKeep(String name, Exception e) {
        return new DeviceException(
                Kind.FAILED, "the state of " + name + " cannot be written: " + e, e);
    }

    private static PageStore openStore(DeviceConfig config, Path pages) {
        if (config.sizeBytes() < 1 || config.sizeBytes() > MAX_SIZE_BYTES) {
            throw badRequest("size out of range, 1 byte to 16T: sizeBytes=" + config.sizeBytes());
        }
        try {
            return PageStore.open(
                    new PageStore.Options(
                            config.name(),
                            Pages.count(config.sizeBytes()) << Pages.SHIFT,
                            Algorithm.parse(config.algorithm()),
                            SelectionPolicy.parse(lowerCase(config.policy())),
                            SimdBackend.detect(),
                            config.memLimitBytes(),
                            config.headroomBytes(),
                            Optional.of(new ZstdJniDictionaryTrainer()),
                            Optional.of(pages)));
        } catch (IllegalArgumentException e) {
            throw badRequest(e.getMessage());
        } catch (StoreFormatException e) {
            throw new DeviceException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        } catch (IOException | RuntimeException e) {
            throw new DeviceException(
                    Kind.FAILED,
                    config.name() + " cannot be opened, try a smaller size: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Removes a device and gives its memory back.
     *
     * @param force disconnects its clients instead of refusing; deletes a device that could not be
     *     served because its state is damaged
     */
    public synchronized void remove(String name, boolean force) {
        if (!(force && refused.containsKey(name))) {
            ManagedDevice device = find(name);
            refuseIfInUse(name, force);
            exports.remove(name);
            device.store().erase();
            devices.remove(name);
            device.store().close();
        }
        forget(name);
    }

    /** Ends service of a device; its state stays. */
    private void detach(String name) {
        exports.remove(name);
        ManagedDevice device = devices.remove(name);
        if (device != null) {
            device.store().close();
        }
    }

    /**
     * Empties a device: content, counters and what {@link #change} set are as on the day it was
     * made.
     *
     * @param force disconnects its clients instead of refusing
     */
    public synchronized DeviceStatus reset(String name, boolean force) {
        DeviceConfig config = find(name).state().made();
        remove(name, force);
        return create(config);
    }

    /** Changes what can be changed on a running device. */
    public synchronized DeviceStatus change(String name, DeviceChange change) {
        ManagedDevice device = find(name);
        try {
            DeviceChanger.apply(device.store(), change);
        } catch (IllegalArgumentException e) {
            throw badRequest(e.getMessage());
        } catch (IllegalStateException e) {
            throw new DeviceException(Kind.CONFLICT, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new DeviceException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
        if (change.headroomBytes() != null) {
            device = device.with(change.headroomBytes());
        }
        return status(keep(device));
    }

    /** Keeps the settings that a device has now. */
    private ManagedDevice keep(ManagedDevice device) {
        PageStore store = device.store();
        StoreStats stats = store.stats();
        DeviceConfig now = device.state().now();
        DeviceState state =
                device.state()
                        .with(
                                new DeviceConfig(
                                        device.name(),
                                        store.sizeBytes(),
                                        store.algorithm().toString(),
                                        StorePolicy.valueOf(store.policy().name()),
                                        stats.memLimit(),
                                        stats.softLimitBytes(),
                                        now.headroomBytes(),
                                        now.backend()));
        try {
            states.save(state);
        } catch (IOException e) {
            throw cannotKeep(device.name(), e);
        }
        ManagedDevice kept = new ManagedDevice(state, device.store());
        devices.put(device.name(), kept);
        return kept;
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

    /**
     * Marks pages that were not used for so many seconds idle, until they are used.
     *
     * @return how many
     */
    public long idle(String name, int ageSeconds) {
        PageStore store = store(name);
        try {
            return store.markIdle(ageSeconds);
        } catch (IllegalArgumentException e) {
            throw badRequest(e.getMessage());
        }
    }

    /**
     * Packs a device's pages more tightly.
     *
     * @param request as it is written to kernel zram's {@code recompress}
     */
    public Recompression recompress(String name, String request) {
        try {
            RecompressionRequest parsed = RecompressionRequest.parse(request);
            return store(name).recompress(parsed);
        } catch (IllegalArgumentException e) {
            throw badRequest(e.getMessage());
        }
    }

    /**
     * Writes a device's pages to its backing device.
     *
     * @param request as it is written to kernel zram's {@code writeback}
     */
    public WritebackResult writeback(String name, String request) {
        try {
            WritebackRequest parsed = WritebackRequest.parse(request);
            return store(name).writeback(parsed);
        } catch (IllegalArgumentException e) {
            throw badRequest(e.getMessage());
        } catch (IllegalStateException e) {
            throw new DeviceException(Kind.CONFLICT, String.valueOf(e.getMessage()), e);
        }
    }

    /** For work that is long and that nothing else has to wait for. */
    private synchronized PageStore store(String name) {
        return find(name).store();
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

    /** Ends service of every device, whoever uses it; the next agent finds them again. */
    @Override
    public synchronized void close() {
        List.copyOf(devices.keySet()).forEach(this::detach);
    }

    private ManagedDevice find(String name) {
        ManagedDevice device = devices.get(name);
        String why = refused.get(name);
        if (why != null) {
            throw new DeviceException(Kind.FAILED, why);
        }
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
        String name = device.name();
        return new DeviceStatus(
                name,
                device.store().sizeBytes(),
                device.store().algorithm().toString(),
                device.store().policy().name().toLowerCase(Locale.ROOT),
                lowerCase(DeviceBackend.NBD),
                exports.uri(name),
                exports.clients(name),
                device.store().stats(),
                device.store().codecs(),
                device.store().readLatency(),
                device.store().writeLatency(),
                device.store().backingStats(),
                device.store().writebackSettings(),
                device.store().recompression(),
                device.store().recompressed());
    }

    private static String describe(ManagedDevice device) {
        return "compressed RAM (" + device.state().now().algorithm() + ")";
    }

    private String lowestFreeName() {
        int number = 0;
        while (has("zram" + number)) {
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
