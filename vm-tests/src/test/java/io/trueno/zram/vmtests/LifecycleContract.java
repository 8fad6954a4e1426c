package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.trueno.zram.vmtests.lab.CommandResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Devices made, used, changed and removed. */
abstract class LifecycleContract extends VmTest {
    static final int MIB = 1 << 20;

    private final Transport transport;

    LifecycleContract(Transport transport) {
        this.transport = transport;
    }

    @AfterEach
    void removeAll() {
        agent.names().forEach(agent::remove);
    }

    @Test
    void aDeviceIsABlockDeviceOfPagesUnderBothNames() {
        JsonObject device = agent.create(request(64 * MIB));
        String path = device.get("uri").getAsString();
        assertThat(path).startsWith(transport.pathPrefix());
        assertThat(guest.sh("blockdev --getsize64 --getss --getpbsz " + path).split("\n", -1))
                .containsExactly(Integer.toString(64 * MIB), "4096", "4096");
        assertThat(guest.sh("readlink -f /dev/trueno-zram/zram0")).isEqualTo(path);
        assertThat(guest.sh("lsblk -dno DISC-MAX -b " + path).strip()).isNotEqualTo("0");
    }

    @Test
    void theCommandLineMakesListsAndRemovesIt() {
        CommandResult made = agent.command("create --size 64M --backend " + transport.backend());
        assertThat(made.exit()).as(made.err()).isZero();
        String path = made.out().strip();
        assertThat(guest.sh("blockdev --getsize64 " + path)).isEqualTo("67108864");
        assertThat(agent.command("list").out()).contains(path);
        assertThat(agent.command("remove zram0").exit()).isZero();
        assertThat(guest.sh("ls /dev/trueno-zram")).isEmpty();
        String size = "/sys/block/%s/size".formatted(path.substring("/dev/".length()));
        assertThat(guest.sh("cat %s 2>/dev/null || echo 0".formatted(size))).isEqualTo("0");
    }

    @Test
    void aSizeThatIsNoneIsRefusedInALine() {
        CommandResult refused =
                agent.command("create --size banana --backend " + transport.backend());
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("banana");
    }

    @Test
    void sixteenDevicesWorkAtOnce() {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            paths.add(agent.create(request(16 * MIB)).get("uri").getAsString());
        }
        assertThat(paths).doesNotHaveDuplicates();
        guest.sh(
                """
                for path in %s; do
                  echo "$path" | dd of="$path" bs=4096 conv=sync oflag=direct status=none
                done
                for path in %s; do
                  [ "$(dd if="$path" bs=4096 count=1 iflag=direct status=none | tr -d '\\0 ')" = "$path" ]
                done
                """
                        .formatted(String.join(" ", paths), String.join(" ", paths)));
    }

    @Test
    void aDeviceGrowsWhereTheKernelCanAndIsLeftAloneWhereNot() {
        String path = agent.create(request(64 * MIB)).get("uri").getAsString();
        CommandResult resized =
                agent.tryRequest("PATCH", "/v1/devices/zram0", "{\"size_bytes\": 134217728}");
        if (resized.exit() == 0) {
            assertThat(guest.sh("blockdev --getsize64 " + path)).isEqualTo("134217728");
        } else {
            assertThat(transport).isEqualTo(Transport.UBLK);
            assertThat(guest.sh("uname -r")).startsWith("6.12");
            assertThat(resized.out()).contains("cannot be resized");
            assertThat(guest.sh("blockdev --getsize64 " + path)).isEqualTo("67108864");
        }
    }

    @Test
    void aMountedDeviceIsNotRemoved() {
        String path = agent.create(request(64 * MIB)).get("uri").getAsString();
        guest.sh("mkfs.ext4 -q %s; mkdir -p /mnt/used; mount %s /mnt/used".formatted(path, path));
        refusesToRemove();
        guest.sh("echo still >/mnt/used/there; sync; umount /mnt/used");
        assertThat(agent.tryRequest("DELETE", "/v1/devices/zram0", "").exit()).isZero();
    }

    @Test
    void aDeviceThatIsSwapIsNotRemoved() {
        String path = agent.create(request(64 * MIB)).get("uri").getAsString();
        guest.sh("mkswap -q %s; swapon %s".formatted(path, path));
        refusesToRemove();
        guest.sh("swapoff " + path);
        assertThat(agent.tryRequest("DELETE", "/v1/devices/zram0", "").exit()).isZero();
    }

    private void refusesToRemove() {
        CommandResult refused = agent.tryRequest("DELETE", "/v1/devices/zram0", "");
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.out()).contains("is in use");
    }

    final JsonObject request(long sizeBytes) {
        JsonObject request = new JsonObject();
        request.addProperty("size_bytes", sizeBytes);
        request.addProperty("backend", transport.backend());
        return request;
    }
}
