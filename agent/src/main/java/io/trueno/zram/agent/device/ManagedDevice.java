package io.trueno.zram.agent.device;

import io.trueno.zram.engine.store.PageStore;

/** A device that is up: what is kept of it and the store that serves it. */
record ManagedDevice(DeviceState state, PageStore store) {
    String name() {
        return state.made().name();
    }

    /** The same with another headroom, which the store does not tell. */
    ManagedDevice with(long headroomBytes) {
        return new ManagedDevice(state.with(state.now().withHeadroom(headroomBytes)), store);
    }
}
