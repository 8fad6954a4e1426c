package io.trueno.zram.agent.device;

import org.jspecify.annotations.Nullable;

/**
 * What {@code set} changes on a running device; null for what stays.
 *
 * @param algorithm for pages written from now on
 * @param memLimitBytes 0 for no limit
 * @param resetMemUsedMax true sets the highest use to the present one
 */
public record DeviceChange(
        @Nullable String algorithm,
        @Nullable Long memLimitBytes,
        @Nullable Boolean resetMemUsedMax) {}
