package io.trueno.zram.agent.device;

import io.trueno.zram.engine.store.BackingStats;
import io.trueno.zram.engine.store.CodecShare;
import io.trueno.zram.engine.store.LatencyStats;
import io.trueno.zram.engine.store.Recompression;
import io.trueno.zram.engine.store.RecompressionSettings;
import io.trueno.zram.engine.store.StoreStats;
import io.trueno.zram.engine.store.WritebackSettings;
import java.util.List;
import java.util.Map;

/**
 * A device as it is now.
 *
 * @param name {@code zramN}
 * @param sizeBytes what its user sees
 * @param algorithm of pages written now
 * @param policy what the store optimises for
 * @param backend how it is exported
 * @param backendReason why not in the way of first choice; empty if it is
 * @param notAttached why it is no block device of this machine; empty if it is, or is not to be
 * @param uri how a client names it
 * @param clients connections that are open on it
 * @param transport what its transport has done, by the transport's names
 * @param stats the store's counters
 * @param codecs what is stored in which way
 * @param readLatency how long reads took
 * @param writeLatency how long writes took
 * @param backing the backing device in numbers
 * @param writeback how pages are written back
 * @param recompression what is recompressed by itself
 * @param recompressed what recompression has gained since the device was opened
 */
public record DeviceStatus(
        String name,
        long sizeBytes,
        String algorithm,
        String policy,
        String backend,
        String backendReason,
        String notAttached,
        String uri,
        int clients,
        Map<String, Long> transport,
        StoreStats stats,
        List<CodecShare> codecs,
        LatencyStats readLatency,
        LatencyStats writeLatency,
        BackingStats backing,
        WritebackSettings writeback,
        RecompressionSettings recompression,
        Recompression recompressed) {
    /**
     * Bytes kept for each byte of memory taken, index and dictionaries included; 0 while nothing is
     * stored.
     */
    public double effectiveRatio() {
        return stats.effectiveRatio();
    }
}
