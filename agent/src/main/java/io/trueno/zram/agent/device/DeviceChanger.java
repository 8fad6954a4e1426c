package io.trueno.zram.agent.device;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.RecompressionSettings;
import io.trueno.zram.engine.store.WritebackSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Applies a {@link DeviceChange} to a running store: what can be wrong is found before anything is
 * changed, and what can fail comes first.
 */
final class DeviceChanger {
    private DeviceChanger() {}

    /**
     * Makes a change, wholly or not at all.
     *
     * @throws IllegalArgumentException if it makes no sense; the message says why
     * @throws IllegalStateException if the device is not in the state for it
     * @throws IOException if the backing device cannot be used
     */
    static void apply(PageStore store, DeviceChange change) throws IOException {
        Algorithm algorithm =
                change.algorithm() == null ? null : Algorithm.parse(change.algorithm());
        SelectionPolicy policy =
                change.policy() == null ? null : SelectionPolicy.parse(change.policy());
        WritebackSettings writeback = writeback(store.writebackSettings(), change);
        RecompressionSettings recompression = recompression(store.recompression(), change);
        requireNotNegative(change.memLimitBytes(), change.softLimitBytes(), change.headroomBytes());
        if (change.backingDev() == null && change.backingEncrypted() != null) {
            throw new IllegalArgumentException("encryption goes with a backing device: name it");
        }
        if (algorithm != null) {
            store.algorithm(algorithm); // refuses what it has no codec for
        }
        if (change.sizeBytes() != null) {
            store.resize(Pages.count(change.sizeBytes()) << Pages.SHIFT);
        }
        if (change.backingDev() != null) {
            store.backing(
                    Path.of(change.backingDev()), Boolean.TRUE.equals(change.backingEncrypted()));
        }
        if (policy != null) {
            store.policy(policy);
        }
        store.writebackSettings(writeback);
        store.recompression(recompression);
        if (change.memLimitBytes() != null) {
            store.memLimit(change.memLimitBytes());
        }
        if (change.softLimitBytes() != null) {
            store.softLimit(change.softLimitBytes());
        }
        if (change.headroomBytes() != null) {
            store.headroom(change.headroomBytes());
        }
        if (Boolean.TRUE.equals(change.resetMemUsedMax())) {
            store.resetMemUsedMax();
        }
    }

    private static void requireNotNegative(@Nullable Long... sizes) {
        if (Stream.of(sizes).anyMatch(size -> size != null && size < 0)) {
            throw new IllegalArgumentException("negative size: use 0 for none");
        }
    }

    private static WritebackSettings writeback(WritebackSettings now, DeviceChange change) {
        return new WritebackSettings(
                orElse(change.writebackLimitEnable(), now.limitEnabled()),
                orElse(change.writebackLimit(), now.limitBlocks()),
                orElse(change.compressedWriteback(), now.compressed()),
                orElse(change.writebackBatchSize(), now.batchPages()));
    }

    private static RecompressionSettings recompression(
            RecompressionSettings now, DeviceChange change) {
        return new RecompressionSettings(
                orElse(change.recompressCpuShare(), now.cpuShare()),
                orElse(change.recompressAgeSeconds(), now.ageSeconds()));
    }

    private static <T> T orElse(@Nullable T wanted, T otherwise) {
        return wanted == null ? otherwise : wanted;
    }
}
