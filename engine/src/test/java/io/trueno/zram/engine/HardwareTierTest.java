package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HardwareTierTest {
    @ParameterizedTest
    @CsvSource({
        "true, AVX512, FULL",
        "true, AVX2, HIGH",
        "true, SCALAR, HIGH",
        "false, AVX512, MEDIUM",
        "false, NEON, MEDIUM",
        "false, SCALAR, MINIMAL",
    })
    void theTierFollowsFromGpuAndVectors(boolean gpu, SimdBackend simd, HardwareTier tier) {
        assertThat(HardwareTier.of(gpu, simd)).isEqualTo(tier);
    }

    @Test
    void aMachineWithoutAGpuIsJudgedByItsVectors() {
        assertThat(HardwareTier.detect())
                .isEqualTo(HardwareTier.of(false, SimdBackend.detect()))
                .isEqualTo(HardwareTier.detect(() -> false));
    }

    @Test
    void strongerMachinesTakeLargerBatches() {
        assertThat(List.of(HardwareTier.values()))
                .extracting(HardwareTier::batchPages)
                .isSortedAccordingTo(Comparator.reverseOrder())
                .allMatch(pages -> pages > 0);
    }
}
