package io.trueno.zram.nbd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What needs no driver; the rest is proved in virtual machines. */
class NbdDriverTest {
    @Test
    void aMachineWithoutTheDriverIsToldWhatToDo() {
        assumeFalse(Files.exists(Path.of("/sys/module/nbd")));
        assertThatThrownBy(NbdDriver::open)
                .isInstanceOf(NbdDriverException.class)
                .hasMessage(
                        "the kernel's nbd driver is missing: load it as root with modprobe nbd");
    }
}
