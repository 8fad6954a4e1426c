package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.trueno.zram.vmtests.lab.GuestSpec;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A device as the only swap of a guest of 512 MiB, with a process that needs more memory than that,
 * of real page content. Swapped pages lie compressed in the same memory: what the process needs is
 * chosen so that it fits then, and in the emulated guest Zstandard takes long.
 */
@Kernels(Kernels.Choice.NEWEST)
abstract class SwapContract extends VmTest {
    private static final String PROGRAMS = "gcc.pages node-tsc.pages libreoffice.pages";

    /**
     * The agent takes 150 MiB of the guest's 512, the kernel some 60; what is left is half of this
     * beside the headroom of 64, and what does not fit has to find room in it, packed.
     */
    static final int NEEDED_MIB = 480;

    private static final long DEVICE_BYTES = 2L << 30;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final String PROCESS = "cat /run/trueno-zram/agent.lock";

    private final Transport transport;
    private String name = "";
    private String path = "";

    SwapContract(Transport transport) {
        this.transport = transport;
    }

    @Override
    GuestSpec spec() {
        return new GuestSpec(512, 2);
    }

    /** As {@code create --swap} does. */
    final void makeSwap(String algorithm) {
        JsonObject request = new JsonObject();
        request.addProperty("size_bytes", DEVICE_BYTES);
        request.addProperty("algorithm", algorithm);
        request.addProperty("backend", transport.backend());
        JsonObject device = agent.create(request);
        name = device.get("name").getAsString();
        path = device.get("uri").getAsString();
        guest.sh(
                """
                echo 0 >/proc/sys/vm/page-cluster
                echo 0 >/proc/sys/vm/watermark_boost_factor
                mkswap -q %s
                swapon --discard %s
                """
                        .formatted(path, path));
    }

    @AfterEach
    void removeSwap() {
        guest.sh("swapoff " + path);
        agent.remove(name);
    }

    @Test
    void aProcessLargerThanMemoryKeepsEveryPage() {
        makeSwap("lz4");
        keepsEveryPage(NEEDED_MIB);
    }

    @Test
    @Tag("slow")
    void aProcessThatNeedsMoreThanTwiceTheMemoryKeepsEveryPage() {
        guest.sh("mount -o remount,size=95% /run");
        makeSwap("zstd1");
        keepsEveryPage(1200);
    }

    private void keepsEveryPage(int mib) {
        String agentBefore = guest.sh(PROCESS);
        useMemory(mib, "");
        assertThat(guest.sh(PROCESS)).as("the agent's process").isEqualTo(agentBefore);
    }

    /**
     * Runs the process, which fails if a page comes back with other content.
     *
     * @param meanwhile shell commands that run again and again beside it
     */
    final void useMemory(int mib, String meanwhile) {
        String out =
                guest.sh(
                        LIMIT,
                        """
                        touch /run/meanwhile
                        while [ -e /run/meanwhile ]; do
                          sleep 5
                          %s
                        done &
                        cd '%s'
                        %s %d 1 %s
                        rm /run/meanwhile
                        wait
                        """
                                .formatted(
                                        meanwhile,
                                        System.getProperty("trueno.zram.pages"),
                                        CProgram.compiled("memory-user"),
                                        mib,
                                        PROGRAMS));
        assertThat(out).contains("round 1: " + mib * 256 + " pages verified");
        assertThat(guest.sh("dmesg")).doesNotContain("Out of memory", "I/O error");
    }
}
