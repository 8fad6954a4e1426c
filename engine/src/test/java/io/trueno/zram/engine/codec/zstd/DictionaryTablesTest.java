package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DictionaryTablesTest {
    private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];

    @ParameterizedTest
    @ValueSource(ints = {1, ZstdPageEncoder.DENSE_LEVEL})
    void fittedTablesSaveBytes(int level) {
        long before = 0;
        long after = 0;
        for (Path file : SamplePages.files()) {
            List<byte[]> pages = SamplePages.of(file);
            byte[] trained = ZstdPageDecoderTest.train(pages, 16 << 10);
            before += bytes(trained, level, pages);
            after += bytes(fit(trained, level, pages), level, pages);
        }
        assertThat(after).isLessThan(before);
    }

    @Test
    void theReferenceUsesAFittedDictionaryBothWays() {
        List<byte[]> pages = SamplePages.all();
        byte[] fitted = fit(ZstdPageDecoderTest.train(pages, 16 << 10), 19, pages);
        PreparedDictionary prepared = PreparedDictionary.of(ZstdDictionary.parse(fitted));
        ZstdPageEncoder encoder = new ZstdPageEncoder(19, prepared, SimdBackend.detect());
        ZstdPageDecoder decoder = new ZstdPageDecoder(prepared.dictionary);
        DecodedPage decoded = new DecodedPage();
        try (ZstdCompressCtx compress = new ZstdCompressCtx();
                ZstdDecompressCtx decompress = new ZstdDecompressCtx()) {
            compress.loadDict(fitted);
            decompress.loadDict(fitted);
            for (byte[] page : pages) {
                int length = encoder.encodeFrame(MemorySegment.ofArray(page), 0, packed);
                if (length != PageCodec.INCOMPRESSIBLE) {
                    assertThat(decompress.decompress(Arrays.copyOf(packed, length), Pages.SIZE))
                            .isEqualTo(page);
                }
                byte[] theirs = compress.compress(page);
                if (theirs.length <= Pages.SIZE) {
                    assertThat(decoded.decode(decoder::decodeFrame, theirs)).isEqualTo(page);
                }
            }
        }
    }

    @Test
    void idContentAndLengthAreKept() {
        List<byte[]> pages = SamplePages.all();
        byte[] trained = ZstdPageDecoderTest.train(pages, 8 << 10);
        byte[] fitted = fit(trained, 1, pages.subList(0, 100));
        ZstdDictionary before = ZstdDictionary.parse(trained);
        ZstdDictionary after = ZstdDictionary.parse(fitted);
        assertThat(fitted.length).isLessThanOrEqualTo(trained.length);
        assertThat(after.id()).isEqualTo(before.id());
        int kept = after.contentBytes();
        assertThat(kept).isGreaterThan(before.contentBytes() - 256);
        byte[] content = before.content();
        assertThat(after.content())
                .isEqualTo(Arrays.copyOfRange(content, content.length - kept, content.length));
    }

    @Test
    void noPagesAndNoDictionary() {
        byte[] trained = ZstdPageDecoderTest.train(SamplePages.all(), 8 << 10);
        byte[] fitted = fit(trained, 1, List.of());
        assertThat(ZstdDictionary.parse(fitted).id()).isEqualTo(ZstdDictionary.parse(trained).id());
        assertThatThrownBy(() -> fit(new byte[100], 1, List.of()))
                .isInstanceOf(CorruptPageException.class);
    }

    private long bytes(byte[] dictionary, int level, List<byte[]> pages) {
        ZstdPageEncoder encoder =
                new ZstdPageEncoder(
                        level,
                        PreparedDictionary.of(ZstdDictionary.parse(dictionary)),
                        SimdBackend.detect());
        long bytes = 0;
        for (byte[] page : pages) {
            int length = encoder.encodeBlocks(MemorySegment.ofArray(page), 0, packed);
            bytes += length == PageCodec.INCOMPRESSIBLE ? Pages.SIZE : length;
        }
        return bytes;
    }

    private static byte[] fit(byte[] dictionary, int level, List<byte[]> pages) {
        byte[] all = new byte[pages.size() * Pages.SIZE];
        for (int i = 0; i < pages.size(); i++) {
            System.arraycopy(pages.get(i), 0, all, i * Pages.SIZE, Pages.SIZE);
        }
        return DictionaryTables.fit(dictionary, level, MemorySegment.ofArray(all), pages.size());
    }
}
