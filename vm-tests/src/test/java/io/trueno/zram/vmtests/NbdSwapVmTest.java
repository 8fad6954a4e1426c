package io.trueno.zram.vmtests;

import org.junit.jupiter.api.Tag;

/**
 * Swap over NBD, through the kernel's client. Among the slow ones because it fails: in a guest of
 * 512 MiB it stands still, as the README's limits say.
 */
@Tag("slow")
class NbdSwapVmTest extends SwapContract {
    NbdSwapVmTest() {
        super(Transport.NBD);
    }
}
