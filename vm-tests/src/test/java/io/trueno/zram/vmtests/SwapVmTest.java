package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** A device as the only swap of a guest, and a process that needs more memory than there is. */
@Kernels(Kernels.Choice.NEWEST)
abstract class SwapVmTest extends VmTest {
    private static final String PROGRAMS = "gcc.pages node-tsc.pages libreoffice.pages";

    private static final long DEVICE_BYTES = 2L << 30;
    static final Duration LIMIT = Duration.ofMinutes(10);

    private final Transport transport;
    private String name = "";
    private String path = "";

    SwapVmTest(Transport transport) {
        this.transport = transport;
    }

    /** As {@code create --swap} does. */
    final void makeSwap(String algorithm) {
        makeSwap(algorithm, new JsonObject());
    }

    /**
     * The same.
     *
     * @param request what else the device is to be, its size where 2 GiB are not right
     */
    final void makeSwap(String algorithm, JsonObject request) {
        if (!request.has("size_bytes")) {
            request.addProperty("size_bytes", DEVICE_BYTES);
        }
        request.addProperty("algorithm", algorithm);
        request.addProperty("backend", transport.backend());
        JsonObject device = agent.create(request);
        name = device.get("name").getAsString();
        path = device.get("uri").getAsString();
        guest.sh(
                """
                dmesg -C
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

    /**
     * Runs the process, which fails if a page comes back with other content.
     *
     * @param meanwhile shell commands that run again and again beside it
     */
    final void useMemory(int mib, String meanwhile) {
        useMemory(mib, meanwhile, LIMIT);
    }

    /** The same, in at most {@code limit}. */
    final void useMemory(int mib, String meanwhile, Duration limit) {
        String out =
                guest.sh(
                        limit,
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
