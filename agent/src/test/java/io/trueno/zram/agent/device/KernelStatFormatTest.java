package io.trueno.zram.agent.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.store.BackingStats;
import io.trueno.zram.engine.store.StoreStats;
import org.junit.jupiter.api.Test;

class KernelStatFormatTest {
    private static final StoreStats STATS =
            new StoreStats(
                    123_456_789_012L,
                    26856359,
                    27525120,
                    0,
                    27525121,
                    150,
                    7,
                    410,
                    2050,
                    1,
                    2,
                    99,
                    1000,
                    2000,
                    0,
                    3000,
                    4000,
                    0,
                    0,
                    0,
                    0);

    @Test
    void mmStatHasNineFieldsEightWide() {
        assertThat(KernelStatFormat.mmStat(STATS))
                .isEqualTo(
                        "123456789012 26856359 27525120        0 27525121      150        7"
                                + "      410     2050\n");
    }

    @Test
    void bdStatHasThreeFieldsEightWide() {
        assertThat(KernelStatFormat.bdStat(new BackingStats("/x", false, 12, 3, 45, 20)))
                .isEqualTo("      12        3       45\n");
    }

    @Test
    void debugStatHasItsVersionAndTwoZeros() {
        assertThat(KernelStatFormat.debugStat()).isEqualTo("version: 1\n0        0\n");
    }

    @Test
    void ioStatHasALiteralZeroThirdField() {
        assertThat(KernelStatFormat.ioStat(STATS)).isEqualTo("       1        2 0       99\n");
    }
}
