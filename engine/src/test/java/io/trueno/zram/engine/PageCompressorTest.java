package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageCompressorTest {
    @ParameterizedTest
    @ValueSource(strings = {"lz4", "lz4hc", "zstd1"})
    void pagesComeBackAndStatisticsAddUp(String algorithm) {
        PageCompressor compressor =
                PageCompressor.builder().algorithm(Algorithm.parse(algorithm)).build();
        List<byte[]> pages = SamplePages.of(SamplePages.files().getFirst());
        long bytes = 0;
        for (byte[] page : pages) {
            CompressedPage compressed = compressor.compress(page);
            bytes += compressed.data().length;
            assertThat(compressor.decompress(compressed)).isEqualTo(page);
        }
        CompressionStats stats = compressor.stats();
        assertThat(stats.pagesCompressed()).isEqualTo(pages.size());
        assertThat(stats.pagesDecompressed()).isEqualTo(pages.size());
        assertThat(stats.bytesOut()).isEqualTo(bytes);
        assertThat(stats.ratio()).isEqualTo((double) pages.size() * Pages.SIZE / bytes);
        compressor.resetStats();
        assertThat(compressor.stats()).isEqualTo(new CompressionStats(0, 0, 0, 0, 0, 0));
    }

    @Test
    void aSameFilledPageBecomesItsWord() {
        PageCompressor compressor = PageCompressor.builder().build();
        byte[] page = new byte[Pages.SIZE];
        for (int i = 0; i < page.length; i++) {
            page[i] = (byte) (i % 8);
        }
        CompressedPage compressed = compressor.compress(page);
        assertThat(compressed.algorithm()).isEqualTo(Algorithm.SAME_FILL);
        assertThat(compressed.data()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(compressor.decompress(compressed)).isEqualTo(page);
        assertThat(compressor.stats().pagesSameFilled()).isEqualTo(1);
    }

    @Test
    void anIncompressiblePageIsKeptAsItIs() {
        PageCompressor compressor = PageCompressor.builder().build();
        byte[] page = new byte[Pages.SIZE];
        new Random(3).nextBytes(page);
        CompressedPage compressed = compressor.compress(page);
        assertThat(compressed.algorithm()).isEqualTo(Algorithm.NONE);
        assertThat(compressed.isCompressed()).isFalse();
        assertThat(compressed.bytesSaved()).isZero();
        assertThat(compressor.decompress(compressed)).isEqualTo(page);
        assertThat(compressor.stats().pagesIncompressible()).isEqualTo(1);
    }

    @Test
    void segmentsMayBeNativeAndTargetsNoLongerThanNeeded() {
        PageCompressor compressor = PageCompressor.builder().build();
        byte[] page = SamplePages.all().getFirst();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocate(Pages.SIZE);
            from.copyFrom(MemorySegment.ofArray(page));
            MemorySegment target = arena.allocate(PageCompressor.maxCompressedBytes());
            int length = compressor.compress(from, target);
            MemorySegment back = arena.allocate(Pages.SIZE);
            compressor.decompress(target.asSlice(0, length), back);
            assertThat(back.mismatch(from)).isEqualTo(-1);
            assertThatThrownBy(() -> compressor.compress(from, target.asSlice(0, length - 1)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void otherSizesThanAPageAreRefused() {
        PageCompressor compressor = PageCompressor.builder().build();
        assertThatThrownBy(() -> compressor.compress(new byte[Pages.SIZE - 1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> compressor.compress(new byte[Pages.SIZE + 1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void damagedDataIsACorruptPage() {
        PageCompressor compressor = PageCompressor.builder().build();
        for (Algorithm algorithm : List.of(Algorithm.NONE, Algorithm.SAME_FILL, Algorithm.LZ4)) {
            assertThatThrownBy(() ->
                            compressor.decompress(
                                    new CompressedPage(algorithm, new byte[] {1, 2, 3})))
                    .isInstanceOf(CorruptPageException.class);
        }
        assertThatThrownBy(
                        () -> compressor.decompress(new CompressedPage(Algorithm.LZ4, new byte[0])))
                .isInstanceOf(CorruptPageException.class);
    }

    @Test
    void anotherAlgorithmsPageIsRefused() {
        PageCompressor compressor = PageCompressor.builder().build();
        assertThatThrownBy(() ->
                        compressor.decompress(new CompressedPage(Algorithm.zstd(1), new byte[9])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("zstd(level=1)");
    }

    @Test
    void aBackendThatIsNotAvailableIsRefusedWithItsReason() {
        Arrays.stream(SimdBackend.values())
                .filter(b -> !b.isAvailable())
                .forEach(b ->
                        assertThatThrownBy(() -> PageCompressor.builder().backend(b).build())
                                .isInstanceOf(UnsupportedOperationException.class)
                                .hasMessageContaining(b.whyUnavailable().orElseThrow()));
    }
}
