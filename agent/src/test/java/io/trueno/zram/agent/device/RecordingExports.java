package io.trueno.zram.agent.device;

import io.trueno.zram.engine.BlockDevice;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Exports that only remember. */
public final class RecordingExports implements DeviceExports {
    final Map<String, BlockDevice> devices = new HashMap<>();
    int clients;
    boolean failing;

    @Override
    public void add(String name, BlockDevice device, String description) {
        if (failing) {
            throw new IllegalStateException("no export today");
        }
        devices.put(name, device);
    }

    BlockDevice device(String name) {
        return Objects.requireNonNull(devices.get(name), name);
    }

    @Override
    public void remove(String name) {
        devices.remove(name);
    }

    @Override
    public int clients(String name) {
        return clients;
    }

    @Override
    public String uri(String name) {
        return "test:" + name;
    }
}
