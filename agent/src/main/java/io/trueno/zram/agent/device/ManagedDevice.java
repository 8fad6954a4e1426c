package io.trueno.zram.agent.device;

import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.engine.store.PageStore;

/** A device that is up: what was asked for and the store that serves it. */
record ManagedDevice(DeviceConfig config, PageStore store) {}
