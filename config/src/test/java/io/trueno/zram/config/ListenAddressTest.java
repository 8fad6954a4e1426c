package io.trueno.zram.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10809, 127.0.0.1:10809, true",
        "0, 127.0.0.1:0, true",
        "localhost:1, localhost:1, true",
        "[::1]:65535, [::1]:65535, true",
        "0.0.0.0:10809, 0.0.0.0:10809, false",
        "[::]:10809, [::]:10809, false",
        "host.example:80, host.example:80, false",
    })
    void addressesAreReadAndPrinted(String text, String printed, boolean loopback) {
        ListenAddress address = ListenAddress.parse(text);
        assertThat(address).hasToString(printed);
        assertThat(address.isLoopback()).isEqualTo(loopback);
        assertThat(ListenAddress.parse(printed)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":1", "::1:80", "[::1]", "a b:1", "1:2:3", "-1"})
    void whatIsNotAnAddressSaysWhatIs(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HOST:PORT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "127.0.0.1:99999"})
    void aPortOutOfRangeIsNamed(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("port=");
    }
}
