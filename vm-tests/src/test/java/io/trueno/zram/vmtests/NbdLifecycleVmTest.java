package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.vmtests.lab.CommandResult;
import org.junit.jupiter.api.Test;

/** Devices attached to the kernel's nbd driver, and not attached. */
class NbdLifecycleVmTest extends LifecycleContract {
    NbdLifecycleVmTest() {
        super(Transport.NBD);
    }

    @Test
    void aDeviceThatIsNotToBeAttachedIsLeftToOtherClients() {
        CommandResult made = agent.command("create --size 64M --backend nbd --no-attach");
        assertThat(made.exit()).as(made.err()).isZero();
        assertThat(made.out()).startsWith("nbd+unix:///zram0?socket=");
        guest.sh(
                """
                modprobe nbd
                nbd-client -unix /run/trueno-zram/nbd.sock /dev/nbd7 -N zram0 -b 4096
                echo seven | dd of=/dev/nbd7 bs=4096 conv=sync oflag=direct status=none
                [ "$(dd if=/dev/nbd7 bs=4096 count=1 iflag=direct status=none | tr -d '\\0 ')" = seven ]
                nbd-client -d /dev/nbd7
                """);
        assertThat(agent.device("zram0").get("uri").getAsString()).startsWith("nbd+unix:");
    }

    @Test
    void aDeviceThatSomebodyElseDisconnectsIsServedOnAtItsUri() {
        String path = agent.create(request(64 * MIB)).get("uri").getAsString();
        guest.sh("nbd-client -d " + path);
        guest.sh(
                "until curl -s --unix-socket /run/trueno-zram/control.sock http://agent/v1/devices/zram0"
                        + " | jq -e '.uri | startswith(\"nbd+unix:\")'; do sleep 0.1; done");
        assertThat(agent.device("zram0").get("not_attached").getAsString())
                .contains(path, "disconnected");
    }

    @Test
    void aDeviceThatNobodyUsesGoesWithTheAgentAndComesBackWithTheNext() {
        String path = agent.create(request(64 * MIB)).get("uri").getAsString();
        guest.sh("echo kept | dd of=%s bs=4096 conv=sync oflag=direct status=none".formatted(path));
        agent.stop();
        assertThat(guest.sh("cat /sys/block/%s/size".formatted(path.substring(5)))).isEqualTo("0");
        agent.start();
        assertThat(agent.device("zram0").get("uri").getAsString()).isEqualTo(path);
        assertThat(
                        guest.sh(
                                "dd if=%s bs=4096 count=1 iflag=direct status=none | tr -d '\\0 '"
                                        .formatted(path)))
                .isEqualTo("kept");
    }

    @Test
    void aMountedDeviceStaysWhenTheAgentIsStoppedAndGoesOnWithTheNext() {
        String path = agent.create(request(64 * MIB)).get("uri").getAsString();
        guest.sh("mkfs.ext4 -q %s; mkdir -p /mnt/used; mount %s /mnt/used".formatted(path, path));
        agent.stop();
        guest.sh("(echo waits >/mnt/used/file; sync /mnt/used/file) >/dev/null 2>&1 &");
        agent.start();
        guest.sh("sync; grep waits /mnt/used/file; umount /mnt/used; e2fsck -fn " + path);
    }
}
