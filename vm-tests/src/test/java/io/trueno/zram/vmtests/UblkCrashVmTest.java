package io.trueno.zram.vmtests;

/** The agent killed and replaced under load over ublk. */
class UblkCrashVmTest extends CrashContract {
    UblkCrashVmTest() {
        super(Transport.UBLK);
    }
}
