package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.trueno.zram.vmtests.lab.GuestSpec;
import io.trueno.zram.vmtests.lab.UmlMachine;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A device as the only swap of a guest of 512 MiB, with a process that needs more memory than that,
 * of real page content. Swapped pages lie compressed in the same memory: what the process needs is
 * chosen so that it fits then, and in the emulated guest Zstandard takes long.
 */
abstract class SwapContract extends SwapVmTest {
    /**
     * The agent takes 150 MiB of the guest's 512, the kernel some 60; what is left is half of this
     * beside the headroom of 16 and the 48 that are set aside, and what does not fit has to find
     * room in it, packed.
     */
    static final int NEEDED_MIB = 480;

    private static final int LARGE_MIB = 1200;
    private static final Duration LARGE_LIMIT = Duration.ofMinutes(75);

    private static final String PROCESS = "cat /run/trueno-zram/agent.lock";

    SwapContract(Transport transport) {
        super(transport);
    }

    /** On several processors a User-Mode Linux kernel that swaps stumbles over itself. */
    @Override
    GuestSpec spec() {
        return new GuestSpec(512, machine instanceof UmlMachine ? 1 : 2);
    }

    @Test
    void aProcessLargerThanMemoryKeepsEveryPage() {
        makeSwap("lz4");
        keepsEveryPage(NEEDED_MIB, LIMIT);
    }

    @Test
    @Tag("slow")
    void aProcessThatNeedsMoreThanTwiceTheMemoryKeepsEveryPage() {
        makeLargeSwap();
        keepsEveryPage(LARGE_MIB, LARGE_LIMIT);
    }

    /** Killed five seconds after it answers again, each time, until all pages have been read. */
    @Test
    @Tag("slow")
    void theAgentKilledEveryFiveSecondsLosesNoPage() {
        makeSwap("lz4");
        survivesKills(NEEDED_MIB, Duration.ofMinutes(45));
    }

    /** Minutes in User-Mode Linux, in an emulated guest hours. */
    @Test
    @Tag("slow")
    void theAgentKilledBesideAProcessThatNeedsMoreThanTwiceTheMemoryLosesNoPage() {
        makeLargeSwap();
        survivesKills(LARGE_MIB, Duration.ofHours(4));
    }

    /**
     * The device is hardly larger than what lies in it: the kernel tells of pages that it no longer
     * needs only when all of a cluster of 2 MiB are free, and takes new clusters before it uses the
     * free places of old ones, so on a larger device more and more pages stay that nobody reads.
     */
    private void makeLargeSwap() {
        guest.sh("mount -o remount,size=95% /run/trueno-zram/devices");
        JsonObject request = new JsonObject();
        request.addProperty("size_bytes", 1280L << 20);
        request.addProperty("headroom_bytes", 4L << 20);
        makeSwap("zstd3", request);
    }

    private void survivesKills(int mib, Duration limit) {
        useMemory(mib, GuestAgent.KILL + GuestAgent.AWAIT, limit);
        String kills = guest.sh("grep -c 'started again' /run/exchange/agent.log").strip();
        System.out.println(machine + ", swap, " + kills + " kills");
        assertThat(Integer.parseInt(kills)).as("kills").isGreaterThan(4);
    }

    private void keepsEveryPage(int mib, Duration limit) {
        String agentBefore = guest.sh(PROCESS);
        useMemory(mib, "", limit);
        assertThat(guest.sh(PROCESS)).as("the agent's process").isEqualTo(agentBefore);
    }
}
