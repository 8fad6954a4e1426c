package io.trueno.zram.vmtests;

import org.junit.jupiter.api.Tag;

/** Swap over the kernel's nbd driver. Among the slow ones until it is proved in emulated guests. */
@Tag("slow")
class NbdSwapVmTest extends SwapContract {
    NbdSwapVmTest() {
        super(Transport.NBD);
    }
}
