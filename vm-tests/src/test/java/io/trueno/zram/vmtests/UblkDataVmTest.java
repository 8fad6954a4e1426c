package io.trueno.zram.vmtests;

/** Data over ublk. */
class UblkDataVmTest extends DataContract {
    UblkDataVmTest() {
        super(Transport.UBLK);
    }
}
