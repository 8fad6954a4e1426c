package io.trueno.zram.agent.device;

import io.trueno.zram.engine.store.PageStore;

/** A device that is up: what is kept of it and the store that serves it. */
record ManagedDevice(DeviceState state, PageStore store) {
    String name() {
        return state.made().name();
    }
}
