package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchCompressorTest {
    private static final List<byte[]> PAGES =
            NamedPage.all().map(NamedPage::bytes).limit(500).toList();

    private final MemorySegment pages = backToBack(PAGES);
    private final PageBatch batch = new PageBatch(PAGES.size(), Arena.ofAuto());

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void everyPageComesBackInItsPlace(int threads) throws Exception {
        AdaptiveCompressor reader = new AdaptiveCompressor(SelectionPolicy.BALANCED);
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        byte[] back = new byte[Pages.SIZE];
        try (BatchCompressor compressor =
                BatchCompressor.adaptive(SelectionPolicy.BALANCED, SimdBackend.detect(), threads)) {
            for (int round = 0; round < 2; round++) { // buffers are used again
                compressor.compressBatch(pages, 0, PAGES.size(), batch);
                assertThat(batch.count()).isEqualTo(PAGES.size());
                for (int i = 0; i < PAGES.size(); i++) {
                    MemorySegment.copy(
                            batch.packed(i), ValueLayout.JAVA_BYTE, 0, packed, 0, batch.length(i));
                    reader.decompress(
                            batch.algorithm(i),
                            packed,
                            batch.length(i),
                            MemorySegment.ofArray(back),
                            0);
                    assertThat(back).as("page " + i).isEqualTo(PAGES.get(i));
                }
            }
        }
    }

    @Test
    void theNumberOfThreadsDoesNotChangeTheResult() throws Exception {
        PageBatch alone = new PageBatch(PAGES.size(), Arena.ofAuto());
        try (BatchCompressor one = BatchCompressor.of(Algorithm.LZ4, SimdBackend.SCALAR, 1);
                BatchCompressor four = BatchCompressor.of(Algorithm.LZ4, SimdBackend.SCALAR, 4)) {
            one.compressBatch(pages, 0, PAGES.size(), alone);
            four.compressBatch(pages, 0, PAGES.size(), batch);
        }
        assertThat(batch.packedBytes()).isEqualTo(alone.packedBytes());
        for (int i = 0; i < PAGES.size(); i++) {
            assertThat(batch.packed(i).mismatch(alone.packed(i))).as("page " + i).isEqualTo(-1);
            assertThat(batch.algorithm(i)).isEqualTo(alone.algorithm(i));
        }
    }

    @Test
    void moreThanFitsIsRefused() {
        try (BatchCompressor compressor =
                BatchCompressor.of(Algorithm.LZ4, SimdBackend.SCALAR, 2)) {
            PageBatch small = new PageBatch(3, Arena.ofAuto());
            assertThatThrownBy(() -> compressor.compressBatch(pages, 0, 4, small))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(
                            () -> compressor.compressBatch(pages, Pages.SIZE, PAGES.size(), batch))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void aBatchNeedsAThread() {
        assertThatThrownBy(() -> BatchCompressor.of(Algorithm.LZ4, SimdBackend.SCALAR, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("threads=0");
    }

    private static MemorySegment backToBack(List<byte[]> pages) {
        MemorySegment memory = Arena.ofAuto().allocate((long) pages.size() * Pages.SIZE);
        for (int i = 0; i < pages.size(); i++) {
            MemorySegment.copy(
                    MemorySegment.ofArray(pages.get(i)),
                    0,
                    memory,
                    (long) i * Pages.SIZE,
                    Pages.SIZE);
        }
        return memory;
    }
}
