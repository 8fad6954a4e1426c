package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.vmtests.lab.GuestSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Swap over ublk, whose agent is killed again and again while a process grows beyond the memory. In
 * this guest there is room for what is set aside for the next agent.
 */
class UblkSwapCrashVmTest extends SwapVmTest {
    private static final int MEMORY_MIB = 768;
    private static final int NEEDED_MIB = 640;
    private static final int KILLS = 6;

    /** Until all that is set aside is there: 128 files of a MiB. */
    private static final String AWAIT_RESERVE =
            "until [ $(stat -c %s /run/trueno-zram/devices/reserve-* | grep -c 1048576) -eq 128 ];"
                    + " do sleep 0.2; done\n";

    UblkSwapCrashVmTest() {
        super(Transport.UBLK);
    }

    @Override
    GuestSpec spec() {
        return new GuestSpec(MEMORY_MIB, 2);
    }

    @Test
    @Tag("slow")
    void theAgentKilledFiveSecondsAfterItIsBackAgainAndAgainLosesNoPage() {
        makeSwap("lz4");
        guest.sh(AWAIT_RESERVE);
        useMemory(
                NEEDED_MIB,
                "kills=$((${kills:-0} + 1))\nif [ $kills -le "
                        + KILLS
                        + " ]; then\n"
                        + GuestAgent.KILL
                        + GuestAgent.AWAIT
                        + AWAIT_RESERVE
                        + "fi\n");
        assertThat(guest.sh("grep -c 'started again' /run/exchange/agent.log").strip())
                .isEqualTo(Integer.toString(KILLS));
    }
}
