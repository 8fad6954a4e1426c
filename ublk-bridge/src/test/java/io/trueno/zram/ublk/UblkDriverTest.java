package io.trueno.zram.ublk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What needs no driver; the rest is proved in virtual machines. */
class UblkDriverTest {
    @Test
    void aMachineWithoutTheDriverIsToldWhatToDo() {
        assumeFalse(Files.exists(Path.of("/dev/ublk-control")));
        assertThatThrownBy(UblkDriver::open)
                .isInstanceOf(UblkException.class)
                .hasMessage(
                        "/dev/ublk-control is missing: load the driver as root with modprobe ublk_drv, if the kernel has it");
    }

    @Test
    void optionsThatTheDriverWouldRefuseAreRefusedBefore() {
        assertThatThrownBy(() -> new UblkOptions(0, 0, 64, 4096, 1))
                .hasMessage("queues must be 1 to 4096: queues=0");
        assertThatThrownBy(() -> new UblkOptions(0, 1, 4097, 4096, 1))
                .hasMessage("depth must be 1 to 4096: depth=4097");
        assertThatThrownBy(() -> new UblkOptions(0, 1, 64, 6000, 1))
                .hasMessage("not whole pages: maxIoBytes=6000");
        assertThatThrownBy(() -> new UblkOptions(0, 1, 64, 64 << 20, 1))
                .hasMessageContaining("maxIoBytes must be");
    }
}
