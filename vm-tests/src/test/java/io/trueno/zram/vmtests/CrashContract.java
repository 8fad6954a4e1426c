package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The agent killed or replaced under load: its device stays, nobody above sees an error, nothing is
 * lost.
 */
@Kernels(Kernels.Choice.NEWEST)
abstract class CrashContract extends VmTest {
    private static final String PROCESS = "cat /run/trueno-zram/agent.lock";

    /** Prints the milliseconds from a kill to a read that the next agent has answered. */
    private static final String KILL_AND_READ =
            "killed=$(date +%s%N)\n"
                    + GuestAgent.KILL
                    + """
                    dd if=$device of=/dev/null bs=4k count=1 iflag=direct status=none
                    echo $((($(date +%s%N) - killed) / 1000000))
                    """;

    private static final int MIB = 1 << 20;
    private static final Duration LIMIT_FOR_EACH = Duration.ofMinutes(2);

    private final Transport transport;

    CrashContract(Transport transport) {
        this.transport = transport;
    }

    @Test
    void killedUnderVerifyNothingIsLost() {
        killed(5);
    }

    @Test
    @Tag("slow")
    void killedTwentyTimesUnderVerifyNothingIsLost() {
        killed(20);
    }

    @Test
    void upgradedUnderVerifyNothingIsLost() {
        upgraded(2);
    }

    @Test
    @Tag("slow")
    void upgradedFiveTimesUnderVerifyNothingIsLost() {
        upgraded(5);
    }

    private void killed(int times) {
        int before = restartsByGuard();
        String name = underVerify(times, "sleep 0.$((RANDOM % 10))\n" + KILL_AND_READ);
        assertThat(restartsByGuard() - before).as("restarts by the guard").isEqualTo(times);
        agent.remove(name);
    }

    /** Those by whoever started the guard, which this guest does, too, are not among them. */
    private int restartsByGuard() {
        String count = guest.sh("grep -c 'is started again' /run/exchange/agent.log || :");
        return Integer.parseInt(count.strip());
    }

    private void upgraded(int times) {
        String process = guest.sh(PROCESS);
        String name = underVerify(times, GuestAgent.UPGRADE);
        assertThat(guest.sh(PROCESS)).as("the process, to its supervisor").isEqualTo(process);
        agent.remove(name);
    }

    /** Runs {@code interruption} so many times while fio writes, reads and compares. */
    private String underVerify(int times, String interruption) {
        JsonObject request = new JsonObject();
        request.addProperty("size_bytes", 96 * MIB);
        request.addProperty("backend", transport.backend());
        JsonObject device = agent.create(request);
        String path = device.get("uri").getAsString();
        String printed =
                guest.sh(
                        LIMIT_FOR_EACH.multipliedBy(times + 1),
                        """
                        device=%s
                        touch /run/load
                        while [ -e /run/load ]; do
                          fio --name=verify --filename=$device --rw=randwrite --bs=4k-64k --iodepth=16 --direct=1 \
                            --ioengine=libaio --verify=crc32c --verify_fatal=1 --verify_state_save=0 --size=96m --io_size=8m \
                            --randrepeat=0 --output=/run/exchange/fio.log || exit 1
                        done &
                        load=$!
                        for time in $(seq %d); do
                          %s
                          %s
                          kill -0 $load
                        done
                        rm /run/load
                        wait $load
                        """
                                .formatted(path, times, interruption, GuestAgent.AWAIT));
        System.out.println(machine + ": " + String.join(" ", printed.lines().toList()));
        assertThat(guest.sh("dmesg")).doesNotContain("I/O error");
        String name = device.get("name").getAsString();
        assertThat(agent.device(name).get("uri").getAsString()).isEqualTo(path);
        return name;
    }
}
