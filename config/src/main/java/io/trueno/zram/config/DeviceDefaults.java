package io.trueno.zram.config;

import java.util.OptionalLong;

/**
 * What a device gets where it says nothing itself, be it from a file or from {@code create}.
 *
 * @param sizeBytes empty if every device must say its size
 */
public record DeviceDefaults(
        OptionalLong sizeBytes,
        String algorithm,
        StorePolicy policy,
        long memLimitBytes,
        long softLimitBytes,
        long headroomBytes,
        DeviceBackend backend,
        boolean attach) {}
