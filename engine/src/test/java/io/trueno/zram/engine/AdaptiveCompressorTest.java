package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdaptiveCompressorTest {
    private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];

    @ParameterizedTest
    @EnumSource
    void everyPageComesBack(SelectionPolicy policy) {
        AdaptiveCompressor compressor = new AdaptiveCompressor(policy);
        byte[] back = new byte[Pages.SIZE];
        for (NamedPage page : NamedPage.all().toList()) {
            int length = compressor.compress(MemorySegment.ofArray(page.bytes()), 0, packed);
            assertThat(length).as(page.name()).isBetween(1, Pages.SIZE);
            Arrays.fill(back, (byte) 0x55);
            compressor.decompress(
                    compressor.lastAlgorithm(), packed, length, MemorySegment.ofArray(back), 0);
            assertThat(Arrays.mismatch(page.bytes(), back)).as(page.name()).isEqualTo(-1);
        }
    }

    @Test
    void aSameFilledPageIsItsWord() {
        AdaptiveCompressor compressor = new AdaptiveCompressor(SelectionPolicy.BALANCED);
        byte[] page = new byte[Pages.SIZE];
        Arrays.fill(page, (byte) 3);

        int length = compressor.compress(MemorySegment.ofArray(page), 0, packed);

        assertThat(length).isEqualTo(Long.BYTES);
        assertThat(compressor.lastSelection())
                .isEqualTo(new Selection(Algorithm.SAME_FILL, Selection.Reason.SAME_FILLED, ""));
    }

    @ParameterizedTest
    @EnumSource
    void noiseIsKeptAsItIs(SelectionPolicy policy) {
        AdaptiveCompressor compressor = new AdaptiveCompressor(policy);
        byte[] page = new byte[Pages.SIZE];
        new Random(1).nextBytes(page);

        int length = compressor.compress(MemorySegment.ofArray(page), 0, packed);

        assertThat(length).isEqualTo(Pages.SIZE);
        assertThat(compressor.lastAlgorithm()).isEqualTo(Algorithm.NONE);
        assertThat(compressor.lastSelection().reason())
                .isIn(Selection.Reason.NOT_WORTH_TRYING, Selection.Reason.DID_NOT_SHRINK);
        assertThat(compressor.lastSelection().detail()).contains("-");
    }

    @Test
    void balancedSavesAlmostAllThatZstandardSaves() {
        long adaptive = 0;
        long zstd = 0;
        AdaptiveCompressor compressor = new AdaptiveCompressor(SelectionPolicy.BALANCED);
        PageCodec always = PageCodecs.create(Algorithm.zstd(1), SimdBackend.detect());
        for (byte[] page : SamplePages.all()) {
            MemorySegment segment = MemorySegment.ofArray(page);
            int length = always.compress(segment, 0, packed);
            zstd += length == PageCodec.INCOMPRESSIBLE ? 0 : Pages.SIZE - length;
            adaptive += Pages.SIZE - compressor.compress(segment, 0, packed);
        }
        assertThat((double) adaptive / zstd).isGreaterThan(0.96);
    }

    @Test
    void thePoliciesSaveMoreTheLessTheyHurry() {
        long speed = packedBytes(SelectionPolicy.SPEED);
        long balanced = packedBytes(SelectionPolicy.BALANCED);
        long ratio = packedBytes(SelectionPolicy.RATIO);

        assertThat(speed).isGreaterThan(balanced);
        assertThat(balanced).isGreaterThanOrEqualTo(ratio);
    }

    @Test
    void speedNeverTakesZstandard() {
        AdaptiveCompressor compressor = new AdaptiveCompressor(SelectionPolicy.SPEED);
        for (byte[] page : SamplePages.all()) {
            compressor.compress(MemorySegment.ofArray(page), 0, packed);
            assertThat(compressor.lastSelection().algorithm().kind())
                    .isIn(Algorithm.Kind.NONE, Algorithm.Kind.SAME_FILL, Algorithm.Kind.LZ4);
        }
    }

    @Test
    void whatItDoesNotWriteIsNotDecompressed() {
        AdaptiveCompressor compressor = new AdaptiveCompressor(SelectionPolicy.SPEED);
        MemorySegment page = MemorySegment.ofArray(new byte[Pages.SIZE]);

        assertThatThrownBy(() -> compressor.decompress(Algorithm.zstd(22), packed, 10, page, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> compressor.decompress(Algorithm.SAME_FILL, packed, 10, page, 0))
                .isInstanceOf(CorruptPageException.class);
        assertThatThrownBy(() -> compressor.decompress(Algorithm.NONE, packed, 10, page, 0))
                .isInstanceOf(CorruptPageException.class);
    }

    private long packedBytes(SelectionPolicy policy) {
        AdaptiveCompressor compressor = new AdaptiveCompressor(policy);
        long bytes = 0;
        for (byte[] page : SamplePages.all()) {
            bytes += compressor.compress(MemorySegment.ofArray(page), 0, packed);
        }
        return bytes;
    }
}
