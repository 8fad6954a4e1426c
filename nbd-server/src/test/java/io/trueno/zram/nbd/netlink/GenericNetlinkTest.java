package io.trueno.zram.nbd.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.nbd.sys.Errno;
import io.trueno.zram.nbd.sys.SystemCallException;
import org.junit.jupiter.api.Test;

/** Against the kernel, every one of which has the family that tells of families. */
class GenericNetlinkTest {
    @Test
    void aFamilyIsFoundByName() {
        try (GenericNetlink netlink = new GenericNetlink()) {
            assertThat(netlink.family("nlctrl")).isEqualTo(16);
            assertThat(netlink.family("nlctrl")).isEqualTo(16);
        }
    }

    @Test
    void whatTheKernelHasNotIsRefusedWithItsErrorAndTheNextRequestIsAnswered() {
        try (GenericNetlink netlink = new GenericNetlink()) {
            assertThatThrownBy(() -> netlink.family("no-such-thing"))
                    .isInstanceOfSatisfying(
                            SystemCallException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
            assertThat(netlink.family("nlctrl")).isEqualTo(16);
        }
    }
}
