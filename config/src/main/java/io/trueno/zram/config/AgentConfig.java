package io.trueno.zram.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything the daemon is told at its start.
 *
 * @param runtimeDirectory holds the sockets and what else the agent puts on disk; absolute
 * @param metricsListen TCP address of {@code /metrics}, empty for none; the control socket serves
 *     it in any case
 * @param nbd where the NBD server listens
 * @param ublk how ublk devices are served
 * @param deviceDefaults for devices that leave something out
 * @param devices to be created at the start, in order of their numbers
 */
public record AgentConfig(
        Path runtimeDirectory,
        Optional<ListenAddress> metricsListen,
        NbdConfig nbd,
        UblkConfig ublk,
        DeviceDefaults deviceDefaults,
        List<DeviceConfig> devices) {
    /** Keeps a copy of the list. */
    public AgentConfig {
        devices = List.copyOf(devices);
    }
}
