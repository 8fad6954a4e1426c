package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlgorithmTest {
    @ParameterizedTest
    @CsvSource({
        "lz4, LZ4, 1, lz4",
        "LZ4, LZ4, 1, lz4",
        "lz4(level=8), LZ4, 8, lz4(level=8)",
        "lz4hc, LZ4HC, 9, lz4hc",
        "lz4hc(level=12), LZ4HC, 12, lz4hc(level=12)",
        "zstd, ZSTD, 3, zstd",
        "zstd1, ZSTD, 1, zstd(level=1)",
        "zstd(level=-1), ZSTD, -1, zstd(level=-1)",
        "none, NONE, 0, none",
        "same-fill, SAME_FILL, 0, same-fill",
        "adaptive, ADAPTIVE, 0, adaptive",
    })
    void namesAreReadAndWrittenAsZramDoes(
            String text, Algorithm.Kind kind, int level, String printed) {
        Algorithm algorithm = Algorithm.parse(text);
        assertThat(algorithm).isEqualTo(new Algorithm(kind, level));
        assertThat(algorithm).hasToString(printed);
        assertThat(Algorithm.parse(algorithm.toString())).isEqualTo(algorithm);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lzo-rle", "zstd(level=)", "zstd(3)", "lz5", "lz", "zstd 3"})
    void anUnknownNameSaysWhatIsAccepted(String text) {
        assertThatThrownBy(() -> Algorithm.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use lz4, lz4hc, zstd");
    }

    @Test
    void aLevelOutOfRangeNamesTheRange() {
        assertThatThrownBy(() -> Algorithm.parse("zstd(level=23)"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-7 to 22: level=23");
    }
}
