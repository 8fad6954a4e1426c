package io.trueno.zram.config;

/**
 * One device as it is asked for.
 *
 * @param name {@code zramN}
 * @param sizeBytes what the device's user sees, at least 1
 * @param algorithm as zram writes it, such as {@code lz4} or {@code zstd(level=1)}
 * @param policy what the store optimises for
 * @param memLimitBytes most memory the store may take; 0 for no limit
 * @param backend how the device is exported
 */
public record DeviceConfig(
        String name,
        long sizeBytes,
        String algorithm,
        StorePolicy policy,
        long memLimitBytes,
        DeviceBackend backend) {}
