package io.trueno.zram.vmtests;

/** Data over NBD, through the kernel's nbd driver. */
@NewestKernelOnly
class NbdDataVmTest extends DataContract {
    NbdDataVmTest() {
        super(Transport.NBD);
    }
}
