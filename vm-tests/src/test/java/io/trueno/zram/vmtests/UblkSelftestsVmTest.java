package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.vmtests.lab.CommandResult;
import io.trueno.zram.vmtests.lab.GuestSpec;
import io.trueno.zram.vmtests.lab.KernelSelftests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernel's own selftests of ublk, with agents in place of their server: the script {@code
 * kublk} takes its command line. The README says which are left out, and why.
 */
@Kernels(Kernels.Choice.NEWEST)
class UblkSelftestsVmTest extends VmTest {
    private static final String SCRIPTS = "/run/selftests";
    private static final Duration LIMIT = Duration.ofMinutes(15);

    @Override
    GuestSpec spec() {
        return new GuestSpec(3072, 2);
    }

    /** Each device has an agent of its own here. */
    @Override
    void prepare() {
        try (InputStream kublk =
                Objects.requireNonNull(getClass().getResourceAsStream("kublk"), "kublk")) {
            Files.copy(kublk, guest.exchange().resolve("kublk"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        guest.sh(
                """
                cp -r '%1$s' %2$s
                install /run/exchange/kublk %2$s/kublk
                # bpftrace before 0.19 knows members of a tracepoint only in this spelling.
                sed -i 's/\\bargs\\./args->/g' %2$s/trace/*.bt
                modprobe ublk_drv
                """
                        .formatted(KernelSelftests.folder(), SCRIPTS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null_01", "generic_10", "generic_16", "loop_02"})
    void passes(String test) {
        run(test);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "generic_02",
                "loop_01",
                "recover_01",
                "recover_03",
                "stress_01",
                "stress_05",
            })
    @Tag("slow")
    void passesSlowly(String test) {
        run(test);
    }

    private void run(String test) {
        CommandResult result =
                guest.run(
                        LIMIT,
                        """
                        cd %s
                        export TMPDIR=/run TRUENO_ZRAM='%s' UBLK_LIST='%s'
                        bash ./test_%s.sh
                        """
                                .formatted(
                                        SCRIPTS,
                                        agent.program(),
                                        CProgram.compiled("ublk-list"),
                                        test));
        String wrote = result.out() + result.err();
        assertThat(result.exit()).as("4 is skipped; it wrote: %s", wrote).isZero();
        assertThat(result.out()).contains(test + " : [PASS]").doesNotContain("failure");
        assertThat(guest.sh("ls /dev")).as("devices left behind").doesNotContain("ublkb");
    }
}
