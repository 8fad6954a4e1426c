package io.trueno.zram.vmtests;

/** Swap over ublk. */
class UblkSwapVmTest extends SwapContract {
    UblkSwapVmTest() {
        super(Transport.UBLK);
    }
}
