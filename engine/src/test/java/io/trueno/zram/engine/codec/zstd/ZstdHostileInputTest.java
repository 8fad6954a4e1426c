package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.ZstdCompressCtx;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SimdBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged input leads to {@link CorruptPageException} and to nothing else. */
class ZstdHostileInputTest {
    private final DecodedPage page = new DecodedPage();

    @Test
    void truncatedInputIsRejectedAtEveryLength() {
        ZstdPageDecoder decoder = new ZstdPageDecoder();
        for (byte[] frame : frames(97)) {
            for (int length = 1; length < frame.length; length++) {
                int cut = length;
                assertThatExceptionOfType(CorruptPageException.class)
                        .isThrownBy(() -> page.decode(decoder::decodeFrame, frame, cut))
                        .satisfies(e -> assertThat(e.offset()).isBetween(0, Pages.SIZE));
            }
        }
    }

    @Test
    void everyFlippedBitOfACheckedFrameIsNoticed() {
        ZstdPageDecoder decoder = new ZstdPageDecoder();
        byte[] expected = SamplePages.all().get(100);
        byte[] frame;
        try (ZstdCompressCtx reference = new ZstdCompressCtx().setChecksum(true)) {
            frame = reference.compress(expected);
        }
        // Bit 4 of the descriptor has no meaning.
        for (int bit = 0; bit < frame.length * 8; bit++) {
            byte[] damaged = frame.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            byte @Nullable [] decoded = decodeOrNull(decoder::decodeFrame, damaged);
            if (decoded != null) {
                assertThat(decoded).as("bit %d", bit).isEqualTo(expected);
            }
        }
    }

    static Stream<SimdBackend> backends() {
        return Arrays.stream(SimdBackend.values()).filter(SimdBackend::isAvailable);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void mutatedInputIsDecodedOrRejected(SimdBackend backend) {
        mutate(backend, 1_000, 1);
    }

    @ParameterizedTest
    @MethodSource("backends")
    @Tag("slow")
    void aMillionMutatedInputsAreDecodedOrRejected(SimdBackend backend) {
        mutate(backend, 1_200_000, System.nanoTime());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void everyBackendDecodesTheSame(SimdBackend backend) {
        ZstdPageDecoder decoder = new ZstdPageDecoder(null, backend);
        try (ZstdCompressCtx reference = new ZstdCompressCtx()) {
            for (byte[] expected : SamplePages.all()) {
                byte[] frame = reference.compress(expected);
                if (frame.length <= Pages.SIZE) {
                    assertThat(page.decode(decoder::decodeFrame, frame)).isEqualTo(expected);
                }
            }
        }
    }

    private void mutate(SimdBackend backend, int rounds, long seed) {
        System.out.println("mutations on " + backend + " with seed " + seed);
        Random random = new Random(seed);
        List<byte[]> pages = SamplePages.all();
        byte[] dictionary = ZstdPageDecoderTest.train(pages, 16 << 10);
        ZstdPageDecoder[] decoders = {
            new ZstdPageDecoder(null, backend),
            new ZstdPageDecoder(ZstdDictionary.parse(dictionary), backend)
        };
        List<List<byte[]>> frames = List.of(frames(13), framesOf(dictionary));
        for (int round = 0; round < rounds; round++) {
            int kind = round & 1;
            List<byte[]> sources = frames.get(kind);
            byte[] source = sources.get(random.nextInt(sources.size()));
            int length = 1 + random.nextInt(source.length);
            byte[] damaged = Arrays.copyOf(source, random.nextInt(4) == 0 ? length : source.length);
            for (int i = random.nextInt(8); i >= 0; i--) {
                // Half of the damage hits the headers, where it changes most.
                int reach = random.nextBoolean() ? Math.min(damaged.length, 40) : damaged.length;
                damaged[random.nextInt(reach)] = (byte) random.nextInt();
            }
            ZstdPageDecoder decoder = decoders[kind];
            decodeOrNull(
                    random.nextBoolean() ? decoder::decodeFrame : decoder::decodeBlocks, damaged);
            if (random.nextInt(64) == 0) {
                byte[] noise = new byte[1 + random.nextInt(Pages.SIZE)];
                random.nextBytes(noise);
                decodeOrNull(decoder::decodeBlocks, noise);
            }
        }
        // Whatever happened, the next good frame decodes.
        byte[] expected = pages.getFirst();
        try (ZstdCompressCtx reference = new ZstdCompressCtx()) {
            byte[] frame = reference.compress(expected);
            assertThat(page.decode(decoders[0]::decodeFrame, frame)).isEqualTo(expected);
            assertThat(page.decode(decoders[1]::decodeFrame, frame)).isEqualTo(expected);
        }
    }

    private byte @Nullable [] decodeOrNull(DecodedPage.Call call, byte[] bytes) {
        try {
            return page.decode(call, bytes);
        } catch (CorruptPageException e) {
            assertThat(e.offset()).isBetween(0, Pages.SIZE);
            return null;
        }
    }

    /**
     * Frames of every {@code step}th sample page, of several levels, with and without blocks cut
     * off.
     */
    private static List<byte[]> frames(int step) {
        List<byte[]> frames = new ArrayList<>();
        List<byte[]> pages = SamplePages.all();
        try (ZstdCompressCtx reference = new ZstdCompressCtx()) {
            for (int i = 0; i < pages.size(); i += step) {
                reference.setLevel(i % 5 * 3 - 2).setChecksum(i % 2 == 0);
                add(frames, reference.compress(pages.get(i)));
            }
        }
        return frames;
    }

    private static List<byte[]> framesOf(byte[] dictionary) {
        List<byte[]> frames = new ArrayList<>();
        List<byte[]> pages = SamplePages.all();
        try (ZstdCompressCtx reference = new ZstdCompressCtx()) {
            reference.loadDict(dictionary);
            for (int i = 0; i < pages.size(); i += 11) {
                add(frames, reference.compress(pages.get(i)));
            }
        }
        return frames;
    }

    private static void add(List<byte[]> frames, byte[] frame) {
        if (frame.length <= Pages.SIZE) {
            frames.add(frame);
        }
    }
}
