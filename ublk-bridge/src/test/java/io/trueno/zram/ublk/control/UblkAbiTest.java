package io.trueno.zram.ublk.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.ublk.KernelHeaders;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UblkAbiTest {
    @Test
    void everyOffsetAndConstantIsTheKernels(@TempDir Path folder) throws Exception {
        KernelHeaders headers =
                new KernelHeaders("linux/ublk_cmd.h")
                        .expect(UblkAbi.CTRL_CMD)
                        .expect(UblkAbi.IO_DESC)
                        .expect(UblkAbi.IO_CMD)
                        .expect(UblkAbi.PARAM_BASIC)
                        .expect(UblkAbi.PARAM_DISCARD)
                        .expectFields(UblkAbi.PARAMS)
                        .expectFields(UblkAbi.CTRL_DEV_INFO)
                        .expect(
                                "sizeof(struct ublksrv_ctrl_dev_info)",
                                UblkAbi.CTRL_DEV_INFO.byteSize());
        int constants = 0;
        for (Field field : UblkAbi.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) {
                String name = field.getName();
                // Of a command the header has an unsigned number.
                headers.expect(name, Integer.toUnsignedLong(field.getInt(null)));
                constants++;
            }
        }
        for (UblkFeature feature : UblkFeature.values()) {
            headers.expect("UBLK_F_" + feature.name(), feature.flag());
        }
        assertThat(constants).isGreaterThan(20);
        assertThat(headers.differences(folder)).isEmpty();
    }

    @Test
    void whatIsWrittenOfADeviceIsRead() {
        DeviceInfo device =
                new DeviceInfo(
                        7, 2, 64, 128 << 10, DeviceInfo.State.DEAD, 4711, 0x18, -0x7766554433L);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(UblkAbi.CTRL_DEV_INFO);
            device.write(info);
            assertThat(DeviceInfo.read(info)).isEqualTo(device);
        }
        assertThat(device.has(UblkFeature.USER_RECOVERY)).isTrue();
        assertThat(device.has(UblkFeature.BATCH_IO)).isFalse();
    }
}
