package io.trueno.zram.agent.device;

import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.agent.dictionary.ZstdJniDictionaryTrainer;
import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreFormatException;
import io.trueno.zram.engine.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Opens the page stores of devices. */
final class DeviceStores {
    /** The most a device may have: the index of a larger one would not fit a page table. */
    private static final long MAX_SIZE_BYTES = 16L << 40;

    private DeviceStores() {}

    /**
     * Opens the store of a device, or makes it.
     *
     * @param pages the store's file
     * @throws DeviceException if the device cannot be as it is configured, or its state is damaged
     */
    static PageStore open(DeviceConfig config, Path pages) {
        if (config.sizeBytes() < 1 || config.sizeBytes() > MAX_SIZE_BYTES) {
            throw DeviceException.badRequest(
                    "size out of range, 1 byte to 16T: sizeBytes=" + config.sizeBytes());
        }
        try {
            return PageStore.open(options(config, pages));
        } catch (IllegalArgumentException e) {
            throw DeviceException.badRequest(e.getMessage());
        } catch (StoreFormatException e) {
            throw new DeviceException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        } catch (IOException | RuntimeException e) {
            throw new DeviceException(
                    Kind.FAILED,
                    config.name() + " cannot be opened, try a smaller size: " + e.getMessage(),
                    e);
        }
    }

    private static StoreOptions options(DeviceConfig config, Path pages) {
        return new StoreOptions(
                config.name(),
                Pages.count(config.sizeBytes()) << Pages.SHIFT,
                Algorithm.parse(config.algorithm()),
                SelectionPolicy.parse(config.policy().name().toLowerCase(Locale.ROOT)),
                SimdBackend.detect(),
                config.memLimitBytes(),
                config.headroomBytes(),
                Optional.of(new ZstdJniDictionaryTrainer()),
                Optional.of(pages));
    }
}
