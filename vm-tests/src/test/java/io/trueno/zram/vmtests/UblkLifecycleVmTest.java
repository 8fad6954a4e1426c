package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.trueno.zram.vmtests.lab.CommandResult;
import org.junit.jupiter.api.Test;

/** Devices over ublk; and what is said where there is no ublk. */
class UblkLifecycleVmTest extends LifecycleContract {
    UblkLifecycleVmTest() {
        super(Transport.UBLK);
    }

    @Test
    void withoutTheModuleADeviceGoesOverNbdAndSaysWhy() {
        agent.stop();
        guest.sh("modprobe -r ublk_drv; echo 'install ublk_drv false' >/etc/modprobe.d/none.conf");
        try {
            agent.start();
            CommandResult refused =
                    agent.tryRequest("POST", "/v1/devices", request(64 * MIB).toString());
            assertThat(refused.exit()).isNotZero();
            assertThat(refused.out()).contains("ublk_drv");
            JsonObject fallback = new JsonObject();
            fallback.addProperty("size_bytes", 64 * MIB);
            JsonObject device = agent.create(fallback);
            assertThat(device.get("backend").getAsString()).isEqualTo("nbd");
            assertThat(device.get("backend_reason").getAsString()).contains("ublk_drv");
            assertThat(device.get("uri").getAsString()).startsWith("/dev/nbd");
            agent.remove(device.get("name").getAsString());
            agent.stop();
        } finally {
            guest.sh("rm /etc/modprobe.d/none.conf");
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
