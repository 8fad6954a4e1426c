package io.trueno.zram.vmtests;

/** Swap over NBD, through the kernel's client. */
class NbdSwapVmTest extends SwapContract {
    NbdSwapVmTest() {
        super(Transport.NBD);
    }
}
