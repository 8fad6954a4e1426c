package io.trueno.zram.agent.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceDefaults;
import io.trueno.zram.config.StorePolicy;
import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.BlockIoException;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceRegistryTest {
    private static final DeviceRequest BY_DEFAULT =
            new DeviceRequest(null, null, null, null, null, null);

    private final RecordingExports exports = new RecordingExports();
    private final DeviceRegistry devices =
            new DeviceRegistry(
                    new DeviceDefaults(
                            OptionalLong.of(1 << 20),
                            "lz4",
                            StorePolicy.SPEED,
                            1 << 16,
                            DeviceBackend.AUTO),
                    exports);

    @AfterEach
    void close() {
        devices.close();
    }

    @Test
    void whatARequestLeavesOutComesFromTheDefaults() {
        DeviceStatus device = devices.create(BY_DEFAULT);
        assertThat(device.name()).isEqualTo("zram0");
        assertThat(device.sizeBytes()).isEqualTo(1 << 20);
        assertThat(device.algorithm()).isEqualTo("lz4");
        assertThat(device.stats().memLimit()).isEqualTo(1 << 16);
    }

    @Test
    void aDeviceInUseIsRemovedOnlyByForce() {
        devices.create(BY_DEFAULT);
        exports.clients = 2;
        assertThatThrownBy(() -> devices.remove("zram0", false))
                .hasMessage("zram0 is in use by 2 clients: disconnect first, or use --force");
        assertThatThrownBy(() -> devices.reset("zram0", false))
                .isInstanceOfSatisfying(
                        DeviceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONFLICT));
        devices.remove("zram0", true);
        assertThat(devices.list()).isEmpty();
        assertThat(exports.devices).isEmpty();
    }

    @Test
    void resetForgetsContentAndCounters() {
        devices.create(BY_DEFAULT);
        MemorySegment page = MemorySegment.ofArray(new byte[4096]).fill((byte) 7);
        exports.device("zram0").write(0, page, 0, 4096);
        assertThat(devices.status("zram0").stats().origDataSize()).isEqualTo(4096);
        assertThat(devices.reset("zram0", false).stats().origDataSize()).isZero();
        exports.device("zram0").read(0, page, 0, 4096);
        assertThat(page.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)).containsOnly(0);
    }

    @Test
    void aRemovedDeviceIsClosed() {
        devices.create(BY_DEFAULT);
        BlockDevice device = exports.device("zram0");
        devices.remove("zram0", false);
        assertThatThrownBy(() -> device.discard(0, 4096))
                .isInstanceOf(BlockIoException.BadRequest.class);
    }

    @Test
    void aDeviceThatCannotBeExportedIsNotThere() {
        exports.failing = true;
        assertThatThrownBy(() -> devices.create(BY_DEFAULT)).hasMessage("no export today");
        assertThat(devices.list()).isEmpty();
        exports.failing = false;
        assertThat(devices.create(BY_DEFAULT).name()).isEqualTo("zram0");
    }

    @Test
    void aChangeIsMadeWhollyOrNotAtAll() {
        devices.create(BY_DEFAULT);
        assertThatThrownBy(() -> devices.change("zram0", new DeviceChange("lz5", 0L, null)))
                .isInstanceOf(DeviceException.class);
        assertThatThrownBy(() -> devices.change("zram0", new DeviceChange("none", -1L, null)))
                .isInstanceOf(DeviceException.class);
        DeviceStatus device = devices.status("zram0");
        assertThat(device.algorithm()).isEqualTo("lz4");
        assertThat(device.stats().memLimit()).isEqualTo(1 << 16);
        assertThat(devices.change("zram0", new DeviceChange("none", 0L, true)).algorithm())
                .isEqualTo("none");
    }
}
