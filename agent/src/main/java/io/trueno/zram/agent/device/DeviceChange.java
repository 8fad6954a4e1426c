package io.trueno.zram.agent.device;

import org.jspecify.annotations.Nullable;

/**
 * What {@code set} changes on a running device; null for what stays.
 *
 * @param algorithm for pages written from now on
 * @param policy for pages written from now on, and for the work in the background
 * @param sizeBytes what the device's user sees, a multiple of 4096
 * @param memLimitBytes 0 for no limit
 * @param softLimitBytes 0 for none
 * @param headroomBytes memory kept ready ahead of its use
 * @param resetMemUsedMax true sets the highest use to the present one
 * @param backingDev file or block device to write pages back to; stays until the device is reset
 * @param backingEncrypted whether what goes there is encrypted; only with {@code backingDev}
 * @param writebackLimitEnable whether {@code writebackLimit} counts
 * @param writebackLimit blocks of 4 KiB that may still be written back
 * @param compressedWriteback whether pages are written back as they are packed
 * @param writebackBatchSize pages written back with one request
 * @param recompressCpuShare share of one CPU that recompression by itself may take, 0 to 1
 * @param recompressAgeSeconds for which a page must not have been used to be recompressed by itself
 */
public record DeviceChange(
        @Nullable String algorithm,
        @Nullable String policy,
        @Nullable Long sizeBytes,
        @Nullable Long memLimitBytes,
        @Nullable Long softLimitBytes,
        @Nullable Long headroomBytes,
        @Nullable Boolean resetMemUsedMax,
        @Nullable String backingDev,
        @Nullable Boolean backingEncrypted,
        @Nullable Boolean writebackLimitEnable,
        @Nullable Long writebackLimit,
        @Nullable Boolean compressedWriteback,
        @Nullable Integer writebackBatchSize,
        @Nullable Double recompressCpuShare,
        @Nullable Integer recompressAgeSeconds) {
    /** A change of what every device has. */
    public DeviceChange(
            @Nullable String algorithm,
            @Nullable Long memLimitBytes,
            @Nullable Boolean resetMemUsedMax) {
        this(
                algorithm,
                null,
                null,
                memLimitBytes,
                null,
                null,
                resetMemUsedMax,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
