package io.trueno.zram.agent.device;

import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.config.ByteSize;
import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.config.DeviceDefaults;
import io.trueno.zram.engine.store.PageStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The devices of one agent. Makes, changes and removes them one at a time; what clients read and
 * write meanwhile does not pass through here. Every method may be called from any thread.
 */
public final class DeviceRegistry implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("zram(0|[1-9]\\d{0,4})");

    private final DeviceDefaults defaults;
    private final DeviceTransports transports;
    private final StateFolder states;
    private final Map<String, ManagedDevice> devices = new HashMap<>();

    /** Devices whose state cannot be used, and why. */
    private final Map<String, String> refused = new HashMap<>();

    /**
     * @param defaults for what a request leaves out
     * @param transports over which devices are exported
     * @param states where devices outlive the agent
     */
    public DeviceRegistry(
            DeviceDefaults defaults, DeviceTransports transports, StateFolder states) {
        this.defaults = defaults;
        this.transports = transports;
        this.states = states;
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * Serves the devices that an earlier agent has left. One whose state is damaged is left as it
     * is; the others are served nevertheless.
     *
     * @param backend of those to be served now
     * @return a line for each device that could not be served, which says what to do
     */
    public synchronized List<String> attach(DeviceBackend backend) {
        List<String> names;
        try {
            names = states.devices();
        } catch (IOException e) {
            return List.of("the devices of an earlier agent cannot be found: " + e);
        }
        List<String> reasons = new ArrayList<>();
        for (String name : names) {
            try {
                DeviceState state = states.read(name);
                if (state.now().backend() != backend) {
                    continue;
                }
                DeviceConfig now =
                        state.now().withSize(PageStore.storedSizeBytes(states.pages(name)));
                serve(
                        new ManagedDevice(
                                state.with(now),
                                DeviceStores.open(now, states.pages(name)),
                                transports.of(now.backend()),
                                ""));
            } catch (IOException | RuntimeException e) {
                if (refused.containsKey(name)) {
                    continue;
                }
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
                reasons.add(refused.get(name));
            }
        }
        return reasons;
    }

    /** Whether there is such a device, be it served or refused. */
    public synchronized boolean has(String name) {
        return devices.containsKey(name) || refused.containsKey(name);
    }

    /** Makes a device from a request. */
    public synchronized DeviceStatus create(DeviceRequest request) {
        String name = request.name() == null ? lowestFreeName() : request.name();
        return create(request.config(name, defaults));
    }

    /** Makes a device as it is configured. */
    public synchronized DeviceStatus create(DeviceConfig config) {
        String name = config.name();
        if (!isName(name)) {
            throw DeviceException.badRequest(
                    "not a device name: '" + name + "': use zram0, zram1 and so on");
        }
        if (has(name)) {
            throw new DeviceException(
                    Kind.CONFLICT,
                    refused.getOrDefault(
                            name,
                            name + " is there already: choose another name or remove it first"));
        }
        DeviceTransports.Choice chosen = transports.choose(config.backend());
        DeviceState state = DeviceState.of(config, chosen.backend());
        try {
            PageStore store = DeviceStores.open(config, states.begin(name));
            try {
                states.commit(state);
            } catch (IOException | RuntimeException e) {
                store.close();
                throw e;
            }
            ManagedDevice device =
                    new ManagedDevice(
                            state, store, transports.of(chosen.backend()), chosen.reason());
            serve(device);
            return device.status();
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
                log().log(
                                Level.WARNING,
                                "{0} takes {1} of memory and has reached its soft limit: write back,"
                                        + " recompress or free pages",
                                device.name(),
                                ByteSize.format(store.stats().memUsedTotal())));
        try {
            device.exports().add(device.export());
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

    /**
     * Removes a device and gives its memory back.
     *
     * @param force also if it is in use; deletes a device that could not be served because its
     *     state is damaged
     */
    public synchronized void remove(String name, boolean force) {
        if (!(force && refused.containsKey(name))) {
            ManagedDevice device = find(name);
            device.exports().remove(name, force);
            device.store().erase();
            devices.remove(name);
            device.store().close();
        }
        forget(name);
    }

    /** Ends service of a device; its state stays. */
    private void detach(String name) {
        ManagedDevice device = devices.remove(name);
        if (device != null) {
            device.exports().detach(name);
            device.store().close();
        }
    }

    /**
     * Empties a device: content, counters and what {@link #change} set are as on the day it was
     * made.
     *
     * @param force also if it is in use
     */
    public synchronized DeviceStatus reset(String name, boolean force) {
        DeviceState state = find(name).state();
        DeviceConfig config = state.made().withBackend(state.now().backend());
        remove(name, force);
        return create(config);
    }

    /** Changes what can be changed on a running device. */
    public synchronized DeviceStatus change(String name, DeviceChange change) {
        ManagedDevice device = find(name);
        if (change.sizeBytes() != null) {
            device.exports().requireResizable(name);
        }
        try {
            DeviceChanger.apply(device.store(), change);
        } catch (IllegalArgumentException e) {
            throw DeviceException.badRequest(e.getMessage());
        } catch (IllegalStateException e) {
            throw new DeviceException(Kind.CONFLICT, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new DeviceException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
        if (change.sizeBytes() != null) {
            device.exports().resized(name);
        }
        if (change.headroomBytes() != null) {
            device = device.with(change.headroomBytes());
        }
        return keep(device).status();
    }

    /** Keeps the settings that a device has now. */
    private ManagedDevice keep(ManagedDevice device) {
        DeviceState state = device.state().with(device.settings());
        try {
            states.save(state);
        } catch (IOException e) {
            throw cannotKeep(device.name(), e);
        }
        ManagedDevice kept = device.with(state);
        devices.put(device.name(), kept);
        return kept;
    }

    /** Work on a device that takes long, and that nothing else has to wait for. */
    public DeviceWork work(String name) {
        return new DeviceWork(() -> store(name));
    }

    private synchronized PageStore store(String name) {
        return find(name).store();
    }

    /** One device as it is now. */
    public synchronized DeviceStatus status(String name) {
        return find(name).status();
    }

    /** Every device as it is now, in order of numbers. */
    public synchronized List<DeviceStatus> list() {
        return devices.keySet().stream()
                .sorted(Comparator.comparingInt(DeviceRegistry::number))
                .map(name -> find(name).status())
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

    /** Made when there is something to say: finding out who logs takes long, and users wait. */
    private static Logger log() {
        return System.getLogger(DeviceRegistry.class.getName());
    }
}
