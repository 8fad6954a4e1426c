package io.trueno.zram.vmtests;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Swap over ublk. */
class UblkSwapVmTest extends SwapContract {
    UblkSwapVmTest() {
        super(Transport.UBLK);
    }

    @Test
    @Tag("slow")
    void theAgentKilledEveryFiveSecondsLosesNoPage() {
        makeSwap("lz4");
        useMemory(NEEDED_MIB, GuestAgent.KILL + GuestAgent.AWAIT);
    }
}
