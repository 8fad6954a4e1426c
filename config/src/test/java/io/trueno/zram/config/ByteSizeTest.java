package io.trueno.zram.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    private static final long MEMORY_BYTES = 1_000_003;

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "4096B, 4096",
        "1k, 1024",
        "1K, 1024",
        "1KiB, 1024",
        "1KB, 1000",
        "512M, 536870912",
        "512 MiB, 536870912",
        "512MB, 512000000",
        "1.5G, 1610612736",
        "2T, 2199023255552",
        "2tb, 2000000000000",
        "0.0001K, 0",
        "50%, 500001",
        "150 %, 1500004",
        "33.333333%, 333334",
        "9223372036854775807, 9223372036854775807",
    })
    void sizesAreReadWithTheUnitsOfUtilLinux(String text, long bytes) {
        assertThat(ByteSize.parse(text, () -> MEMORY_BYTES)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "K",
                "5q",
                "-1",
                "1,5G",
                "1e9",
                "1.G",
                ".5G",
                "0x10",
                "1 0",
                "5Gi",
                "50%%",
                "1KK",
                "١",
                "1.0000001K"
            })
    void whatIsNotASizeSaysWhatIs(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text, () -> MEMORY_BYTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("512M, 1.5G");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "8388608T", "9999999999999999999T"})
    void aSizeThatDoesNotFitIsRefused(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text, () -> MEMORY_BYTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0B",
        "1023, 1023B",
        "1024, 1K",
        "1536, 1.5K",
        "67108864, 64M",
        "10737418240, 10G",
        "1234567890123, 1.1T",
        "9223372036854775807, 8388608T",
    })
    void sizesArePrintedForPeople(long bytes, String text) {
        assertThat(ByteSize.format(bytes)).isEqualTo(text);
    }
}
