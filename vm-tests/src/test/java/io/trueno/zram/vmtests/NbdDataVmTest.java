package io.trueno.zram.vmtests;

import org.junit.jupiter.params.provider.MethodSource;

/** Data over NBD, through the kernel's client. */
@MethodSource("io.trueno.zram.vmtests.lab.Machines#newest")
class NbdDataVmTest extends DataContract {
    NbdDataVmTest() {
        super(Transport.NBD);
    }
}
