package io.trueno.zram.agent.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.trueno.zram.agent.MemoryTempDir;
import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceDefaults;
import io.trueno.zram.config.StorePolicy;
import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.store.RecompressionSettings;
import io.trueno.zram.engine.store.WritebackSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceRegistryTest {
    private static final DeviceRequest BY_DEFAULT = DeviceRequest.of(null);

    private final Path folder;
    private RecordingExports exports = new RecordingExports();
    private RecordingExports ublk = RecordingExports.unavailable("no driver here");
    private DeviceRegistry devices;

    DeviceRegistryTest(@TempDir(factory = MemoryTempDir.class) Path folder) {
        this.folder = folder;
        devices = registry();
    }

    private DeviceRegistry registry() {
        return new DeviceRegistry(
                new DeviceDefaults(
                        OptionalLong.of(1 << 20),
                        "lz4",
                        StorePolicy.SPEED,
                        1 << 16,
                        0,
                        1 << 20,
                        DeviceBackend.AUTO,
                        true),
                new DeviceTransports(ublk, exports),
                new StateFolder(folder));
    }

    /** Another agent over the same state. */
    private List<String> restart() {
        devices.close();
        exports = new RecordingExports();
        devices = registry();
        return devices.attach(DeviceBackend.NBD);
    }

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
    void aRequestsSoftLimitAndHeadroomHoldAfterARestartToo() {
        DeviceRequest request =
                new DeviceRequest(null, null, null, null, 0L, 12345L, 3L << 18, null, null);
        assertThat(devices.create(request).stats().softLimitBytes()).isEqualTo(12345);
        awaitHeadroom(3L << 18);
        restart();
        awaitHeadroom(3L << 18);
        assertThat(devices.status("zram0").stats().softLimitBytes()).isEqualTo(12345);
        assertThat(devices.reset("zram0", false).stats().softLimitBytes()).isEqualTo(12345);
    }

    @Test
    void whetherADeviceIsAttachedHoldsAfterARestartToo() {
        devices.create(BY_DEFAULT);
        devices.create(new DeviceRequest(null, null, null, null, null, null, null, null, false));
        assertThat(exports.attached).containsExactly("zram0");
        restart();
        assertThat(exports.attached).containsExactly("zram0");
        devices.reset("zram1", false);
        assertThat(exports.attached).containsExactly("zram0");
    }

    @Test
    void aDeviceOfAnAgentThatAttachedNoneIsLeftToItsClients() throws IOException {
        devices.create(BY_DEFAULT);
        devices.close();
        Path state = folder.resolve("zram0/device.conf");
        Files.write(
                state,
                Files.readAllLines(state).stream().filter(l -> !l.contains("attach")).toList());
        restart();
        assertThat(devices.has("zram0")).isTrue();
        assertThat(exports.attached).isEmpty();
    }

    /** It is filled in the background. */
    private void awaitHeadroom(long bytes) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (devices.status("zram0").stats().headroomBytes() != bytes) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void negativeSizesAreRefusedByName() {
        assertThatThrownBy(() ->
                        devices.create(
                                new DeviceRequest(
                                        null, null, null, null, null, -1L, null, null, null)))
                .hasMessage("negative softLimitBytes=-1: use 0 for none");
        assertThatThrownBy(() ->
                        devices.create(
                                new DeviceRequest(
                                        null, null, null, null, null, null, -1L, null, null)))
                .hasMessage("negative headroomBytes=-1: use 0 for none");
        assertThat(devices.list()).isEmpty();
    }

    @Test
    void aDeviceGoesOverUblkWhereItWorks() {
        ublk = new RecordingExports();
        devices = registry();
        assertThat(devices.create(BY_DEFAULT))
                .returns("ublk", DeviceStatus::backend)
                .returns("", DeviceStatus::backendReason);
        assertThat(ublk.devices).containsKey("zram0");
        assertThat(exports.devices).isEmpty();
    }

    @Test
    void elsewhereItGoesOverNbdAndSaysWhy() {
        assertThat(devices.create(BY_DEFAULT))
                .returns("nbd", DeviceStatus::backend)
                .returns("no driver here", DeviceStatus::backendReason);
        DeviceRequest insisting =
                new DeviceRequest(null, null, null, null, null, null, null, "ublk", null);
        assertThatThrownBy(() -> devices.create(insisting))
                .hasMessage("no driver here; or use --backend nbd");
        assertThat(devices.list()).hasSize(1);
    }

    @Test
    void aDeviceStaysOnItsTransportWhateverElseWorksMeanwhile() {
        devices.create(BY_DEFAULT);
        ublk = new RecordingExports();
        assertThat(restart()).isEmpty();
        assertThat(devices.status("zram0").backend()).isEqualTo("nbd");
        devices.reset("zram0", false);
        assertThat(devices.status("zram0").backend()).isEqualTo("nbd");
    }

    @Test
    void aTransportThatCannotResizeKeepsTheSize() {
        devices.create(BY_DEFAULT);
        exports.resizable = false;
        DeviceChange larger =
                new DeviceChange(
                        null, null, 2L << 20, null, null, null, null, null, null, null, null, null,
                        null, null, null);
        assertThatThrownBy(() -> devices.change("zram0", larger)).hasMessage("not resizable");
        assertThat(devices.status("zram0").sizeBytes()).isEqualTo(1 << 20);
        exports.resizable = true;
        devices.change("zram0", larger);
        assertThat(exports.resized).containsExactly("zram0");
    }

    @Test
    void aDeviceInUseIsRemovedOnlyByForce() {
        devices.create(BY_DEFAULT);
        exports.clients = 2;
        assertThatThrownBy(() -> devices.remove("zram0", false)).hasMessage("zram0 is in use");
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

    @Test
    void aDeviceComesBackWithItsPagesAndSettings() {
        devices.create(BY_DEFAULT);
        MemorySegment page = MemorySegment.ofArray(new byte[4096]).fill((byte) 7);
        exports.device("zram0").write(8192, page, 0, 4096);
        devices.change("zram0", new DeviceChange("zstd(level=1)", 1L << 20, null));
        assertThat(restart()).isEmpty();
        DeviceStatus device = devices.status("zram0");
        assertThat(device.algorithm()).isEqualTo("zstd(level=1)");
        assertThat(device.stats().memLimit()).isEqualTo(1 << 20);
        assertThat(device.stats().origDataSize()).isEqualTo(4096);
        page.fill((byte) 0);
        exports.device("zram0").read(8192, page, 0, 4096);
        assertThat(page.toArray(ValueLayout.JAVA_BYTE)).containsOnly(7);
        assertThat(devices.reset("zram0", false).algorithm()).isEqualTo("lz4");
        assertThat(restart()).isEmpty();
        assertThat(devices.status("zram0").stats().origDataSize()).isZero();
    }

    @Test
    void aRemovedDeviceDoesNotComeBack() throws IOException {
        devices.create(BY_DEFAULT);
        devices.remove("zram0", false);
        assertThat(restart()).isEmpty();
        assertThat(devices.list()).isEmpty();
        assertThat(folder).doesNotExist();
    }

    @Test
    void whatADyingAgentLeftUnfinishedIsDeleted() throws IOException {
        devices.create(BY_DEFAULT);
        Path unfinished = Files.createDirectory(folder.resolve(".unfinished-zram3"));
        Files.writeString(unfinished.resolve("pages"), "half");
        assertThat(restart()).isEmpty();
        assertThat(unfinished).doesNotExist();
        assertThat(devices.list()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"device.conf", "pages"})
    void damagedStateIsRefusedAndLeftAloneAndOthersAreServed(String file) throws IOException {
        devices.create(BY_DEFAULT);
        devices.create(BY_DEFAULT);
        devices.close();
        Path damaged = folder.resolve("zram0").resolve(file);
        try (RandomAccessFile raw = new RandomAccessFile(damaged.toFile(), "rw")) {
            raw.writeByte('X');
        }
        byte[] before = head(damaged);
        List<String> said = restart();
        assertThat(said)
                .singleElement(STRING)
                .startsWith("zram0 is not served, its state is left as it is in " + folder)
                .contains(damaged.toString())
                .endsWith("'trueno-zram remove --force zram0' deletes it");
        assertThat(head(damaged)).isEqualTo(before);
        assertThat(devices.list()).extracting(DeviceStatus::name).containsExactly("zram1");
        assertThatThrownBy(() -> devices.status("zram0")).hasMessage(said.getFirst());
        assertThatThrownBy(() -> devices.remove("zram0", false)).hasMessage(said.getFirst());
        assertThat(devices.create(BY_DEFAULT).name()).isEqualTo("zram2");
        devices.remove("zram0", true);
        assertThat(devices.create(BY_DEFAULT).name()).isEqualTo("zram0");
    }

    private static byte[] head(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(200);
        }
    }

    @Test
    void everySettingOutlivesTheAgent() throws IOException {
        devices.create(BY_DEFAULT);
        Path backing = folder.resolve("backing");
        DeviceStatus changed =
                devices.change(
                        "zram0",
                        new DeviceChange(
                                "zstd(level=3)",
                                "balanced",
                                4L << 20,
                                3L << 20,
                                2L << 20,
                                5L << 20,
                                true,
                                backing.toString(),
                                true,
                                true,
                                77L,
                                false,
                                9,
                                0.25,
                                120));
        assertThat(changed.sizeBytes()).isEqualTo(4 << 20);
        assertThat(restart()).isEmpty();
        DeviceStatus found = devices.status("zram0");
        assertThat(found.sizeBytes()).isEqualTo(4 << 20);
        assertThat(found.algorithm()).isEqualTo("zstd");
        assertThat(found.policy()).isEqualTo("balanced");
        assertThat(found.stats().memLimit()).isEqualTo(3 << 20);
        assertThat(found.stats().softLimitBytes()).isEqualTo(2 << 20);
        assertThat(found.backing().path()).isEqualTo(backing.toString());
        assertThat(found.backing().encrypted()).isTrue();
        assertThat(found.writeback()).isEqualTo(new WritebackSettings(true, 77, false, 9));
        assertThat(found.recompression()).isEqualTo(new RecompressionSettings(0.25, 120));
        DeviceStatus reset = devices.reset("zram0", false);
        assertThat(reset.sizeBytes()).isEqualTo(1 << 20);
        assertThat(reset.backing().path()).isEmpty();
        // given up, so it can be used again
        devices.change(
                "zram0",
                new DeviceChange(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        backing.toString(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    @Test
    void shrinkingOverDataIsAConflict() {
        devices.create(BY_DEFAULT);
        MemorySegment page = MemorySegment.ofArray(new byte[4096]).fill((byte) 7);
        exports.device("zram0").write(255 * 4096L, page, 0, 4096);
        DeviceChange smaller =
                new DeviceChange(
                        null, null, 4096L, null, null, null, null, null, null, null, null, null,
                        null, null, null);
        assertThatThrownBy(() -> devices.change("zram0", smaller))
                .hasMessage("data lies beyond the new end: discard it first: page=255")
                .isInstanceOfSatisfying(
                        DeviceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONFLICT));
        assertThatThrownBy(() -> devices.work("zram0").writeback("type=huge"))
                .hasMessageContaining("no backing device");
    }
}
