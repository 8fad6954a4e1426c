package io.trueno.zram.vmtests;

/** The agent killed and replaced under load over the kernel's nbd driver. */
class NbdCrashVmTest extends CrashContract {
    NbdCrashVmTest() {
        super(Transport.NBD);
    }
}
