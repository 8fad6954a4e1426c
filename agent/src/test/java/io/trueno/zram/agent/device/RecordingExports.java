package io.trueno.zram.agent.device;

import io.trueno.zram.engine.BlockDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Exports that only remember. */
public final class RecordingExports implements DeviceExports {
    final Map<String, BlockDevice> devices = new HashMap<>();
    final List<String> attached = new ArrayList<>();
    int clients;
    boolean failing;
    boolean resizable = true;
    final List<String> resized = new ArrayList<>();
    private @Nullable String reason;

    public RecordingExports() {}

    /** Exports that are not there. */
    public static RecordingExports unavailable(String reason) {
        RecordingExports exports = new RecordingExports();
        exports.reason = reason;
        return exports;
    }

    @Override
    public Optional<String> whyUnavailable() {
        return Optional.ofNullable(reason);
    }

    @Override
    public void add(Export export) {
        if (failing) {
            throw new IllegalStateException("no export today");
        }
        devices.put(export.name(), export.content());
        if (export.attach()) {
            attached.add(export.name());
        }
    }

    BlockDevice device(String name) {
        return Objects.requireNonNull(devices.get(name), name);
    }

    @Override
    public void remove(String name, boolean force) {
        if (clients > 0 && !force) {
            throw new DeviceException(DeviceException.Kind.CONFLICT, name + " is in use");
        }
        devices.remove(name);
    }

    @Override
    public void detach(String name) {
        devices.remove(name);
    }

    @Override
    public void requireResizable(String name) {
        if (!resizable) {
            throw new DeviceException(DeviceException.Kind.FAILED, "not resizable");
        }
    }

    @Override
    public void resized(String name) {
        resized.add(name);
    }

    @Override
    public int clients(String name) {
        return clients;
    }

    @Override
    public Map<String, Long> statistics(String name) {
        return Map.of();
    }

    @Override
    public String whyNotAttached(String name) {
        return "";
    }

    @Override
    public String uri(String name) {
        return "test:" + name;
    }
}
