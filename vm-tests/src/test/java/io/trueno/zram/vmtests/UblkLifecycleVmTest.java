package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.trueno.zram.vmtests.lab.CommandResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices over ublk; and what is said where there is no ublk. */
class UblkLifecycleVmTest extends LifecycleContract {
    UblkLifecycleVmTest() {
        super(Transport.UBLK);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'size_bytes': 0} | size",
                "{'size_bytes': -4096} | size",
                "{'size_bytes': 65536, 'algorithm': 'lz5'} | lz5",
                "{'size_bytes': 65536, 'backend': 'floppy'} | floppy",
                "{'size_bytes': 65536, 'name': 'sda'} | sda",
            })
    void whatMakesNoSenseIsRefusedByName(String request, String named) {
        CommandResult refused = agent.tryRequest("POST", "/v1/devices", request.replace('\'', '"'));
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.out()).contains("error", named);
        assertThat(agent.names()).isEmpty();
    }

    @Test
    void aNameIsGivenOnce() {
        JsonObject named = request(16 * MIB);
        named.addProperty("name", "zram7");
        assertThat(agent.create(named).get("uri").getAsString()).isEqualTo("/dev/ublkb7");
        CommandResult refused = agent.tryRequest("POST", "/v1/devices", named.toString());
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.out()).contains("zram7");
        CommandResult unknown = agent.tryRequest("DELETE", "/v1/devices/zram8", "");
        assertThat(unknown.exit()).isNotZero();
        assertThat(unknown.out()).contains("zram8");
    }

    @Test
    void withoutTheModuleADeviceGoesOverNbdAndSaysWhy() {
        goesOverNbd(
                "modprobe -r ublk_drv; echo 'install ublk_drv false' >/etc/modprobe.d/none.conf",
                "ublk_drv",
                "rm /etc/modprobe.d/none.conf");
    }

    @Test
    void withoutIoUringADeviceGoesOverNbdAndSaysWhy() {
        goesOverNbd(
                "sysctl -qw kernel.io_uring_disabled=2",
                "io_uring_disabled",
                "sysctl -qw kernel.io_uring_disabled=0");
    }

    /** With an agent that is started anew, since the one that runs has its driver already. */
    private void goesOverNbd(String takeAway, String reason, String giveBack) {
        agent.stop();
        guest.sh(takeAway);
        try {
            agent.start();
            CommandResult refused =
                    agent.tryRequest("POST", "/v1/devices", request(64 * MIB).toString());
            assertThat(refused.exit()).isNotZero();
            assertThat(refused.out()).contains(reason);
            JsonObject fallback = new JsonObject();
            fallback.addProperty("size_bytes", 64 * MIB);
            JsonObject device = agent.create(fallback);
            assertThat(device.get("backend").getAsString()).isEqualTo("nbd");
            assertThat(device.get("backend_reason").getAsString()).contains(reason);
            assertThat(device.get("uri").getAsString()).startsWith("/dev/nbd");
            agent.remove(device.get("name").getAsString());
            agent.stop();
        } finally {
            guest.sh(giveBack);
            agent.start();
        }
    }

    @Test
    void withoutPermissionADeviceGoesOverNbdAndSaysWhy() {
        guest.sh("modprobe ublk_drv");
        try (GuestAgent.Unprivileged other = agent.startUnprivileged()) {
            JsonObject own = new JsonObject();
            own.addProperty("size_bytes", 64 * MIB);
            JsonObject device = other.create(own);
            assertThat(device.get("backend").getAsString()).isEqualTo("nbd");
            assertThat(device.get("backend_reason").getAsString())
                    .contains("/dev/ublk-control", "root");
            assertThat(device.get("not_attached").getAsString()).contains("root");
            assertThat(device.get("uri").getAsString()).startsWith("nbd+unix:");
            CommandResult refused = other.tryCreate(request(64 * MIB));
            assertThat(refused.exit()).isNotZero();
            assertThat(refused.out()).contains("/dev/ublk-control", "root");
        }
    }
}
