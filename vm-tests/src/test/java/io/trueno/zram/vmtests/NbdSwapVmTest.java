package io.trueno.zram.vmtests;

/** Swap over the kernel's nbd driver. */
class NbdSwapVmTest extends SwapContract {
    NbdSwapVmTest() {
        super(Transport.NBD);
    }
}
