package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.vmtests.lab.CommandResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A kernel that has no ublk: devices go over NBD, and every answer says why. */
@Kernels(Kernels.Choice.WITHOUT_UBLK)
class NoUblkVmTest extends VmTest {
    private static final String SIZE = "16M";

    @AfterEach
    void removeAll() {
        agent.names().forEach(agent::remove);
    }

    @Test
    void aDeviceThatHasToBeOnUblkIsRefusedInALine() {
        CommandResult refused = agent.command("create --backend ublk --size " + SIZE);
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err().lines()).singleElement().asString().contains("ublk_drv", "nbd");
    }

    @Test
    void aDeviceIsAttachedToTheNbdDriverInstead() {
        CommandResult made = agent.command("create --size " + SIZE);
        assertThat(made.exit()).as(made.err()).isZero();
        assertThat(made.out()).startsWith("/dev/nbd");
        assertThat(made.err().lines()).singleElement().asString().contains("ublk_drv");
        guest.sh(
                """
                head -c 1M /dev/urandom >/run/written
                dd if=/run/written of=%1$s bs=64k oflag=direct status=none
                dd if=%1$s bs=64k count=16 iflag=direct status=none | cmp - /run/written
                """
                        .formatted(made.out().strip()));
    }

    @Test
    void infoSaysWhatIsMissing() {
        CommandResult info = agent.command("info");
        assertThat(info.exit()).as(info.err()).isZero();
        assertThat(info.out()).contains("ublk: no, /dev/ublk-control is missing");
    }
}
