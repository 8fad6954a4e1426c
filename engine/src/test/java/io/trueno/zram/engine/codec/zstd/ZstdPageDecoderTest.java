package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDictTrainer;
import com.github.luben.zstd.ZstdOutputStream;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decodes what the reference library writes for real pages. */
class ZstdPageDecoderTest {
    private final DecodedPage page = new DecodedPage();

    @ParameterizedTest
    @ValueSource(ints = {-20, -5, -1, 1, 2, 3, 6, 9, 13, 19, 22})
    void pagesOfTheReferenceEncoderDecode(int level) {
        ZstdPageDecoder decoder = new ZstdPageDecoder();
        try (ZstdCompressCtx reference = new ZstdCompressCtx().setLevel(level)) {
            int number = 0;
            for (byte[] expected : SamplePages.all()) {
                reference.setChecksum((number & 1) != 0).setContentSize((number & 2) != 0);
                number += level > 9 ? 3 : 1;
                if (number % 3 == 0 || level <= 9) {
                    assertDecodes(decoder, reference.compress(expected), expected);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-5, 1, 3, 9, 19})
    void pagesCompressedWithADictionaryDecode(int level) {
        List<byte[]> pages = SamplePages.all();
        byte[] dictionary = train(pages, 32 << 10);
        ZstdDictionary parsed = ZstdDictionary.parse(dictionary);
        ZstdPageDecoder decoder = new ZstdPageDecoder(parsed);
        try (ZstdCompressCtx reference = new ZstdCompressCtx().setLevel(level)) {
            reference.loadDict(dictionary);
            for (int i = 0; i < pages.size(); i += 2) {
                reference.setDictID((i & 2) != 0).setChecksum((i & 4) != 0);
                assertDecodes(decoder, reference.compress(pages.get(i)), pages.get(i));
            }
        }
        try (ZstdCompressCtx without = new ZstdCompressCtx().setLevel(level)) {
            byte[] first = pages.getFirst();
            assertDecodes(decoder, without.compress(first), first);
        }
    }

    @Test
    void frameOfAnotherDictionaryIsRejectedByName() {
        byte[] dictionary = train(SamplePages.all(), 8 << 10);
        long id = Integer.toUnsignedLong(ZstdDictionary.parse(dictionary).id());
        byte[] expected = SamplePages.all().getFirst();
        try (ZstdCompressCtx reference = new ZstdCompressCtx()) {
            byte[] frame = reference.loadDict(dictionary).compress(expected);
            ZstdPageDecoder decoder = new ZstdPageDecoder();
            assertThatExceptionOfType(CorruptPageException.class)
                    .isThrownBy(() -> page.decode(decoder::decodeFrame, frame))
                    .withMessageContaining("dictionary " + id);
        }
    }

    /** Later blocks of one frame repeat tables, go without a tree and reach into earlier blocks. */
    @Test
    void pagesOfManyBlocksDecode() throws IOException {
        ZstdPageDecoder decoder = new ZstdPageDecoder();
        Random random = new Random(42);
        for (byte[] expected : SamplePages.all()) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            try (ZstdOutputStream blocks = new ZstdOutputStream(frame, 1 + random.nextInt(6))) {
                int from = 0;
                while (from < expected.length) {
                    int length = Math.min(1 + random.nextInt(2000), expected.length - from);
                    blocks.write(expected, from, length);
                    blocks.flush();
                    from += length;
                }
            }
            if (frame.size() <= Pages.SIZE) {
                assertDecodes(decoder, frame.toByteArray(), expected);
            }
        }
    }

    @Test
    void syntheticPagesOfEveryAlphabetDecode() {
        ZstdPageDecoder decoder = new ZstdPageDecoder();
        Random random = new Random(7);
        try (ZstdCompressCtx reference = new ZstdCompressCtx()) {
            for (int symbols = 1; symbols <= 256; symbols++) {
                byte[] expected = new byte[Pages.SIZE];
                int runs = 1 + random.nextInt(30);
                for (int i = 0; i < expected.length; ) {
                    int length = Math.min(1 + random.nextInt(runs), expected.length - i);
                    // Squared, so that some symbols are much rarer than others.
                    double skewed = random.nextDouble() * random.nextDouble();
                    Arrays.fill(expected, i, i + length, (byte) (skewed * symbols));
                    i += length;
                }
                reference.setLevel(symbols % 7 - 2);
                assertDecodes(decoder, reference.compress(expected), expected);
            }
        }
    }

    private void assertDecodes(ZstdPageDecoder decoder, byte[] frame, byte[] expected) {
        if (frame.length > Pages.SIZE) {
            return;
        }
        assertThat(page.decode(decoder::decodeFrame, frame)).isEqualTo(expected);
        ZstdFrameHeader header = new ZstdFrameHeader();
        int from = header.read(Arrays.copyOf(frame, frame.length + 16), frame.length);
        int to = frame.length - (header.checksum() ? 4 : 0);
        byte[] blocks = Arrays.copyOfRange(frame, from, to);
        assertThat(page.decode(decoder::decodeBlocks, blocks)).isEqualTo(expected);
    }

    static byte[] train(List<byte[]> pages, int bytes) {
        ZstdDictTrainer trainer = new ZstdDictTrainer(pages.size() * Pages.SIZE, bytes);
        for (int i = 1; i < pages.size(); i += 2) {
            trainer.addSample(pages.get(i));
        }
        return trainer.trainSamples();
    }
}
