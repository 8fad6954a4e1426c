package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DictionaryVerdictTest {
    @Test
    void aDictionaryThatSavesMoreThanItWeighsIsTaken() {
        DictionaryVerdict verdict = DictionaryVerdict.of(1_000_000, 900_000, 1000, 50_000, 1000);

        assertThat(verdict.accepted()).isTrue();
        assertThat(verdict.bytesWith()).isEqualTo(950_000);
        assertThat(verdict.reason()).startsWith("saves 5.0 %");
    }

    @Test
    void itsWeightIsSharedByAllPagesThatItServes() {
        assertThat(DictionaryVerdict.of(1_000_000, 960_000, 1000, 50_000, 1000).accepted())
                .isFalse();
        assertThat(DictionaryVerdict.of(1_000_000, 960_000, 1000, 50_000, 100_000).accepted())
                .isTrue();
    }

    @Test
    void oneThatCostsIsRefusedWithTheReason() {
        DictionaryVerdict verdict = DictionaryVerdict.of(1_000_000, 999_000, 1000, 50_000, 1000);

        assertThat(verdict.accepted()).isFalse();
        assertThat(verdict.reason()).startsWith("refused: costs 4.9 % on 1000 pages");
    }

    @Test
    void aVerdictNeedsPages() {
        assertThatThrownBy(() -> DictionaryVerdict.of(0, 0, 0, 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
