package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A damaged dictionary is refused with a clear error, or it is another dictionary that works. */
class ZstdDictionaryTest {
    /** Content of fewer bytes is refused by the encoder. */
    private static final int LEAST_CONTENT_BYTES = 8;

    private final byte[] dictionary = ZstdGoldenVectorsTest.read("dictionary.bin");
    private final byte[] plain = ZstdGoldenVectorsTest.read("page.bin");
    private final byte[] frame = ZstdGoldenVectorsTest.read("dictionary-level1.zst");
    private final int contentFrom =
            dictionary.length - ZstdDictionary.parse(dictionary).contentBytes();
    private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
    private final DecodedPage page = new DecodedPage();

    ZstdDictionaryTest() throws IOException {}

    @Test
    void everyTruncationIsRefusedOrWorks() {
        for (int length = 0; length < dictionary.length; length++) {
            byte[] cut = Arrays.copyOf(dictionary, length);
            if (length <= contentFrom) {
                assertThatExceptionOfType(CorruptPageException.class)
                        .as("length %d", length)
                        .isThrownBy(() -> ZstdDictionary.parse(cut))
                        .satisfies(e -> assertThat(e.offset()).isBetween(0, cut.length));
            } else if (length < contentFrom + 64 || length % 61 == 0) {
                refusesOrWorks(cut, "length " + length);
            } else {
                parseOrNull(cut);
            }
        }
    }

    @Test
    void everyFlippedBitOfTheTablesIsRefusedOrWorks() {
        int working = 0;
        for (int bit = 0; bit < contentFrom * Byte.SIZE; bit++) {
            byte[] damaged = dictionary.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            if (refusesOrWorks(damaged, "bit " + bit)) {
                working++;
            }
        }
        // The id's bits, and those of a repeat offset, lead to dictionaries like any other.
        assertThat(working).isBetween(Integer.SIZE, contentFrom * Byte.SIZE - 1);
    }

    /** Whether the dictionary was accepted. */
    private boolean refusesOrWorks(byte[] bytes, String what) {
        ZstdDictionary parsed = parseOrNull(bytes);
        if (parsed == null) {
            return false;
        }
        ZstdPageDecoder decoder = new ZstdPageDecoder(parsed);
        try {
            page.decode(decoder::decodeFrame, frame);
        } catch (CorruptPageException e) {
            assertThat(e.offset()).as(what).isBetween(0, frame.length);
        }
        if (parsed.contentBytes() >= LEAST_CONTENT_BYTES) {
            ZstdPageEncoder encoder =
                    new ZstdPageEncoder(1, PreparedDictionary.of(parsed), SimdBackend.detect());
            int length = encoder.encodeFrame(MemorySegment.ofArray(plain), 0, packed);
            byte[] ours = Arrays.copyOf(packed, length);
            assertThat(page.decode(decoder::decodeFrame, ours)).as(what).isEqualTo(plain);
        }
        return true;
    }

    private static @Nullable ZstdDictionary parseOrNull(byte[] bytes) {
        try {
            return ZstdDictionary.parse(bytes);
        } catch (CorruptPageException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
            return null;
        }
    }
}
