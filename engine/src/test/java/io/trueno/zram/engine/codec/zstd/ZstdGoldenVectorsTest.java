package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that the reference command line tool (1.5.4) wrote for one page, kept with the tests. */
class ZstdGoldenVectorsTest {
    @ParameterizedTest
    @ValueSource(strings = {"level1", "level3", "level19", "fast5-checksum", "level3-no-size"})
    void framesKeptWithTheTestsDecode(String name) throws IOException {
        ZstdPageDecoder decoder = new ZstdPageDecoder();
        byte[] decoded = new DecodedPage().decode(decoder::decodeFrame, read(name + ".zst"));
        assertThat(decoded).isEqualTo(read("page.bin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dictionary-level1", "dictionary-level19"})
    void framesWithADictionaryDecode(String name) throws IOException {
        ZstdDictionary dictionary = ZstdDictionary.parse(read("dictionary.bin"));
        assertThat(dictionary.id()).isEqualTo(0x12345678);
        ZstdPageDecoder decoder = new ZstdPageDecoder(dictionary);
        byte[] decoded = new DecodedPage().decode(decoder::decodeFrame, read(name + ".zst"));
        assertThat(decoded).isEqualTo(read("page.bin"));
    }

    static byte[] read(String name) throws IOException {
        try (InputStream in = ZstdGoldenVectorsTest.class.getResourceAsStream("/zstd/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
