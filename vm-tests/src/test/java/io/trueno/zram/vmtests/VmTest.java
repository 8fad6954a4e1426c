package io.trueno.zram.vmtests;

import io.trueno.zram.vmtests.lab.FailureKeeper;
import io.trueno.zram.vmtests.lab.Guest;
import io.trueno.zram.vmtests.lab.GuestSpec;
import io.trueno.zram.vmtests.lab.Machine;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** A class of tests that share a guest and an agent in it, once for every machine. */
@TestInstance(Lifecycle.PER_CLASS)
@ParameterizedClass(name = "{0}")
@ArgumentsSource(TestMachines.class)
abstract class VmTest {
    @Parameter Machine machine;
    Guest guest;
    GuestAgent agent;

    @RegisterExtension final FailureKeeper keeper = new FailureKeeper(() -> guest);

    @BeforeParameterizedClassInvocation
    void boot() {
        guest = Guest.boot(machine, spec());
        agent = new GuestAgent(guest);
        prepare();
    }

    /** What a new guest gets before its tests: an agent that serves. */
    void prepare() {
        agent.start();
    }

    @AfterParameterizedClassInvocation
    void powerOff() {
        guest.close();
    }

    GuestSpec spec() {
        return new GuestSpec(1024, 2);
    }
}
