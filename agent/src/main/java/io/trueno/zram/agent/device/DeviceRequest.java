package io.trueno.zram.agent.device;

import org.jspecify.annotations.Nullable;

/**
 * What {@code create} asks for; null where the agent's defaults shall hold.
 *
 * @param name {@code zramN}; null for the lowest free number
 * @param sizeBytes rounded up to whole pages
 * @param algorithm as zram writes it
 * @param policy {@code speed}, {@code balanced} or {@code ratio}
 * @param memLimitBytes 0 for no limit
 * @param backend {@code auto}, {@code ublk} or {@code nbd}
 */
public record DeviceRequest(
        @Nullable String name,
        @Nullable Long sizeBytes,
        @Nullable String algorithm,
        @Nullable String policy,
        @Nullable Long memLimitBytes,
        @Nullable String backend) {}
