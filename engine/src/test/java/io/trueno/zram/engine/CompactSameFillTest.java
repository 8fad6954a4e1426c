package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactSameFillTest {
    @Test
    void everyByteFillPacksToTwoBytesAndComesBack() {
        for (int value = 0; value < 256; value++) {
            long word = value * 0x0101010101010101L;
            byte[] packed = CompactSameFill.ofWord(word).orElseThrow().toBytes();
            assertThat(packed).hasSize(2);
            assertThat(CompactSameFill.fromBytes(packed).word()).isEqualTo(word);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 0x0100000000000000L, 0x7777777777777776L, 0x00FF00FF00FF00FFL})
    void aWordOfDifferentBytesHasNoCompactForm(long word) {
        assertThat(CompactSameFill.ofWord(word)).isEmpty();
    }

    @Test
    void otherBytesAreRejected() {
        assertThatThrownBy(() -> CompactSameFill.fromBytes(new byte[] {0x53}))
                .isInstanceOf(CorruptPageException.class);
        assertThatThrownBy(() -> CompactSameFill.fromBytes(new byte[] {0x53, 0, 0}))
                .isInstanceOf(CorruptPageException.class);
        assertThatThrownBy(() -> CompactSameFill.fromBytes(new byte[] {0x52, 0}))
                .isInstanceOf(CorruptPageException.class);
    }
}
