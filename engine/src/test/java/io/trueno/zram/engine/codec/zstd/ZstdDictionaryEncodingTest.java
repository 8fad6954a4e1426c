package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictTrainer;
import io.trueno.zram.engine.NamedPage;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZstdDictionaryEncodingTest {
    private static final int DICTIONARY_BYTES = 32 << 10;

    private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
    private final byte[] trained = train(SamplePages.all());
    private final PreparedDictionary dictionary =
            PreparedDictionary.of(ZstdDictionary.parse(trained));

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 3, ZstdPageEncoder.DENSE_LEVEL})
    void theReferenceDecodesTheFrameOfEveryPage(int level) {
        ZstdPageEncoder encoder = new ZstdPageEncoder(level, dictionary, SimdBackend.detect());
        try (ZstdDecompressCtx reference = new ZstdDecompressCtx().loadDict(trained)) {
            pages().forEach(page -> {
                int length = encode(encoder, page);
                if (length != PageCodec.INCOMPRESSIBLE) {
                    byte[] frame = Arrays.copyOf(packed, length);
                    assertThat(reference.decompress(frame, Pages.SIZE))
                            .as(page.name())
                            .containsExactly(page.bytes());
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 3, ZstdPageEncoder.DENSE_LEVEL})
    void ourDecoderReadsFramesAndBlocks(int level) {
        ZstdPageEncoder encoder = new ZstdPageEncoder(level, dictionary, SimdBackend.detect());
        ZstdPageDecoder decoder = new ZstdPageDecoder(dictionary.dictionary);
        byte[] decoded = new byte[Pages.SIZE];
        MemorySegment target = MemorySegment.ofArray(decoded);
        pages().forEach(page -> {
            MemorySegment source = MemorySegment.ofArray(page.bytes());
            int frame = encoder.encodeFrame(source, 0, packed);
            if (frame != PageCodec.INCOMPRESSIBLE) {
                decoder.decodeFrame(packed, frame, target, 0);
                assertThat(decoded).as(page.name()).containsExactly(page.bytes());
            }
            int blocks = encoder.encodeBlocks(source, 0, packed);
            if (blocks != PageCodec.INCOMPRESSIBLE) {
                Arrays.fill(decoded, (byte) 0);
                decoder.decodeBlocks(packed, blocks, target, 0);
                assertThat(decoded).as(page.name()).containsExactly(page.bytes());
            }
        });
    }

    /** The search's places are sixteen bits; a dictionary's first bytes lie beyond them. */
    @Test
    void aRepeatOffsetMayReachTheFirstByteOfTheLongestContent() {
        int tables = trained.length - ZstdDictionary.parse(trained).contentBytes();
        byte[] deep = Arrays.copyOf(trained, tables + (64 << 10));
        long seed = 20261121;
        byte[] content = new byte[64 << 10];
        new Random(seed).nextBytes(content);
        System.arraycopy(content, 0, deep, tables, content.length);
        ByteBuffer.wrap(deep)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(tables - 3 * Integer.BYTES, 64 << 10);
        PreparedDictionary prepared = PreparedDictionary.of(ZstdDictionary.parse(deep));
        ZstdPageEncoder encoder = new ZstdPageEncoder(1, prepared, SimdBackend.detect());
        try (ZstdDecompressCtx reference = new ZstdDecompressCtx().loadDict(deep)) {
            byte[] likeTheContent = Arrays.copyOf(content, Pages.SIZE);
            for (byte[] page : List.of(new byte[Pages.SIZE], likeTheContent)) {
                int length = encoder.encodeFrame(MemorySegment.ofArray(page), 0, packed);
                assertThat(length).as("seed %d", seed).isPositive().isLessThan(200);
                assertThat(reference.decompress(Arrays.copyOf(packed, length), Pages.SIZE))
                        .as("seed %d", seed)
                        .containsExactly(page);
            }
        }
    }

    /** Sequences are coded in one pass when the dictionary's tables have every code. */
    @Test
    void runsAndMatchesOfEveryLengthAreWrittenWithTheDictionarysTables() {
        long seed = 20261122;
        Random random = new Random(seed);
        byte[] fitted =
                DictionaryTables.fit(trained, 1, MemorySegment.ofArray(new byte[Pages.SIZE]), 1);
        ZstdPageEncoder encoder =
                new ZstdPageEncoder(
                        1,
                        PreparedDictionary.of(ZstdDictionary.parse(fitted)),
                        SimdBackend.detect());
        try (ZstdDecompressCtx reference = new ZstdDecompressCtx().loadDict(fitted)) {
            for (int packable = 0, i = 0; packable < 500; i++) {
                byte[] page = literalsAndMatches(random);
                int length = encoder.encodeFrame(MemorySegment.ofArray(page), 0, packed);
                if (length == PageCodec.INCOMPRESSIBLE) {
                    continue;
                }
                packable++;
                assertThat(reference.decompress(Arrays.copyOf(packed, length), Pages.SIZE))
                        .as("seed %d, page %d", seed, i)
                        .containsExactly(page);
            }
        }
    }

    /** Random bytes and copies of what is before them by turns, in lengths of all magnitudes. */
    private static byte[] literalsAndMatches(Random random) {
        byte[] page = new byte[Pages.SIZE];
        int at = 0;
        while (at < Pages.SIZE) {
            for (int n = random.nextInt(1 << random.nextInt(10)); n >= 0 && at < Pages.SIZE; n--) {
                page[at++] = (byte) random.nextInt(256);
            }
            int offset = 1 + random.nextInt(at);
            int length = 4 + random.nextInt(1 << random.nextInt(12));
            for (int n = length; n > 0 && at < Pages.SIZE; n--) {
                page[at] = page[at - offset];
                at++;
            }
        }
        return page;
    }

    @Test
    void thePagesBeforeDoNotChangeTheResult() {
        ZstdPageEncoder used = new ZstdPageEncoder(1, dictionary, SimdBackend.detect());
        byte[] expected = new byte[PageCodec.PACKED_CAPACITY];
        for (NamedPage page : NamedPage.samples().subList(0, 200)) {
            int length = encode(used, page);
            int again =
                    new ZstdPageEncoder(1, dictionary, SimdBackend.detect())
                            .encodeFrame(MemorySegment.ofArray(page.bytes()), 0, expected);
            assertThat(again).as(page.name()).isEqualTo(length);
            if (length > 0) {
                assertThat(Arrays.mismatch(packed, 0, length, expected, 0, length))
                        .as(page.name())
                        .isEqualTo(-1);
            }
        }
    }

    /** Half of a workload's pages train, the other half are compressed. */
    @Test
    void aDictionaryOfItsOwnWorkloadIsWorthMoreThanTheReferencesLevelThree() {
        long with = 0;
        long without = 0;
        try (ZstdCompressCtx reference = new ZstdCompressCtx().setLevel(3)) {
            for (Path file : SamplePages.files()) {
                List<byte[]> pages = SamplePages.of(file);
                PreparedDictionary own =
                        PreparedDictionary.of(ZstdDictionary.parse(train(everySecond(pages, 0))));
                ZstdPageEncoder encoder = new ZstdPageEncoder(1, own, SimdBackend.detect());
                for (byte[] page : everySecond(pages, 1)) {
                    int length = encoder.encodeFrame(MemorySegment.ofArray(page), 0, packed);
                    with += length == PageCodec.INCOMPRESSIBLE ? Pages.SIZE : length;
                    without += Math.min(reference.compress(page).length, Pages.SIZE);
                }
            }
        }
        assertThat(with).isLessThan(without);
    }

    @Test
    void theFacadeReadsFramesWithAndWithoutTheDictionary() {
        PageCodec codec = new ZstdPageCodec(1, dictionary, SimdBackend.detect());
        byte[] page = SamplePages.all().getFirst();
        byte[] decoded = new byte[Pages.SIZE];
        for (PageCodec writer : List.of(codec, new ZstdPageCodec(1, SimdBackend.detect()))) {
            int length = writer.compress(MemorySegment.ofArray(page), 0, packed);
            codec.decompress(packed, length, MemorySegment.ofArray(decoded), 0);
            assertThat(decoded).containsExactly(page);
        }
    }

    @Test
    void aDictionaryWithTooMuchContentIsRefused() {
        byte[] tooLong = Arrays.copyOf(trained, trained.length + (64 << 10));
        ZstdDictionary parsed = ZstdDictionary.parse(tooLong);
        assertThatThrownBy(() -> PreparedDictionary.of(parsed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes=" + parsed.contentBytes());
    }

    private int encode(ZstdPageEncoder encoder, NamedPage page) {
        return encoder.encodeFrame(MemorySegment.ofArray(page.bytes()), 0, packed);
    }

    private static Stream<NamedPage> pages() {
        return Stream.of(NamedPage.all(), AwkwardPages.all()).flatMap(p -> p);
    }

    private static List<byte[]> everySecond(List<byte[]> pages, int from) {
        return IntStream.range(0, pages.size())
                .filter(i -> i % 2 == from)
                .mapToObj(pages::get)
                .toList();
    }

    private static byte[] train(List<byte[]> pages) {
        ZstdDictTrainer trainer = new ZstdDictTrainer(pages.size() * Pages.SIZE, DICTIONARY_BYTES);
        pages.forEach(trainer::addSample);
        return trainer.trainSamples();
    }
}
