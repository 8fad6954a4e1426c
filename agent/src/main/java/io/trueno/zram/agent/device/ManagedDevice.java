package io.trueno.zram.agent.device;

import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.config.StorePolicy;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreStats;
import java.util.Locale;

/**
 * A device that is up.
 *
 * @param state what is kept of it
 * @param store what serves it
 * @param exports how it is exported
 * @param reason why not in the way of first choice; empty if it is
 */
record ManagedDevice(DeviceState state, PageStore store, DeviceExports exports, String reason) {
    String name() {
        return state.made().name();
    }

    /** The same with another headroom, which the store does not tell. */
    ManagedDevice with(long headroomBytes) {
        return with(state.with(state.now().withHeadroom(headroomBytes)));
    }

    /** The same with another state. */
    ManagedDevice with(DeviceState changed) {
        return new ManagedDevice(changed, store, exports, reason);
    }

    /** What its transport is told of it. */
    DeviceExports.Export export() {
        return new DeviceExports.Export(
                name(),
                state.cookie(),
                store,
                "compressed RAM (" + state.now().algorithm() + ")",
                state.now().attach());
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
                state.now().backend(),
                state.now().attach());
    }

    /** The device as it is now. */
    DeviceStatus status() {
        return new DeviceStatus(
                name(),
                store.sizeBytes(),
                store.algorithm().toString(),
                lowerCase(store.policy()),
                lowerCase(state.now().backend()),
                reason,
                exports.whyNotAttached(name()),
                exports.uri(name()),
                exports.clients(name()),
                exports.statistics(name()),
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
