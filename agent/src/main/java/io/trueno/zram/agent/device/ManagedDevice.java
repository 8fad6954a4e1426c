package io.trueno.zram.agent.device;

import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.config.StorePolicy;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreStats;
import java.util.Locale;

/** A device that is up: what is kept of it and the store that serves it. */
record ManagedDevice(DeviceState state, PageStore store) {
    String name() {
        return state.made().name();
    }

    /** The same with another headroom, which the store does not tell. */
    ManagedDevice with(long headroomBytes) {
        return new ManagedDevice(state.with(state.now().withHeadroom(headroomBytes)), store);
    }

    /** The settings that hold at present. */
    DeviceConfig settings() {
        StoreStats stats = store.stats();
        return new DeviceConfig(
                name(),
                store.sizeBytes(),
                store.algorithm().toString(),
                StorePolicy.valueOf(store.policy().name()),
                stats.memLimit(),
                stats.softLimitBytes(),
                state.now().headroomBytes(),
                state.now().backend());
    }

    /** The device as it is now, reached through {@code exports}. */
    DeviceStatus status(DeviceExports exports) {
        return new DeviceStatus(
                name(),
                store.sizeBytes(),
                store.algorithm().toString(),
                lowerCase(store.policy()),
                lowerCase(DeviceBackend.NBD),
                exports.uri(name()),
                exports.clients(name()),
                store.stats(),
                store.codecs(),
                store.readLatency(),
                store.writeLatency(),
                store.backingStats(),
                store.writebackSettings(),
                store.recompression(),
                store.recompressed());
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
