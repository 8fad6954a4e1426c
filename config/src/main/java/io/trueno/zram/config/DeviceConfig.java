package io.trueno.zram.config;

/**
 * One device as it is asked for.
 *
 * @param name {@code zramN}
 * @param sizeBytes what the device's user sees, at least 1
 * @param algorithm as zram writes it, such as {@code lz4} or {@code zstd(level=1)}
 * @param policy what the store optimises for
 * @param memLimitBytes most memory the store may take; 0 for no limit
 * @param softLimitBytes memory at which the agent says so; 0 for none
 * @param headroomBytes memory kept ready ahead of its use
 * @param backend how the device is exported
 * @param attach whether one that is exported over NBD is to be a block device of this machine too
 */
public record DeviceConfig(
        String name,
        long sizeBytes,
        String algorithm,
        StorePolicy policy,
        long memLimitBytes,
        long softLimitBytes,
        long headroomBytes,
        DeviceBackend backend,
        boolean attach) {
    /** The same with another size. */
    public DeviceConfig withSize(long bytes) {
        return new DeviceConfig(
                name,
                bytes,
                algorithm,
                policy,
                memLimitBytes,
                softLimitBytes,
                headroomBytes,
                backend,
                attach);
    }

    /** The same on another backend. */
    public DeviceConfig withBackend(DeviceBackend other) {
        return new DeviceConfig(
                name,
                sizeBytes,
                algorithm,
                policy,
                memLimitBytes,
                softLimitBytes,
                headroomBytes,
                other,
                attach);
    }

    /** The same with another headroom. */
    public DeviceConfig withHeadroom(long bytes) {
        return new DeviceConfig(
                name,
                sizeBytes,
                algorithm,
                policy,
                memLimitBytes,
                softLimitBytes,
                bytes,
                backend,
                attach);
    }
}
