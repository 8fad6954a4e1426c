package io.trueno.zram.vmtests;

/** Data over NBD, through the kernel's nbd driver. */
@Kernels(Kernels.Choice.NEWEST)
class NbdDataVmTest extends DataContract {
    NbdDataVmTest() {
        super(Transport.NBD);
    }
}
