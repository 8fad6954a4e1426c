package io.trueno.zram.engine.codec.lz4;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.NamedPage;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecContract;
import io.trueno.zram.engine.codec.PageCodecs;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Lz4HighPageCodecTest extends PageCodecContract {
    @Override
    protected PageCodec ours() {
        return PageCodecs.create(Algorithm.LZ4HC, SimdBackend.SCALAR);
    }

    @Override
    protected Optional<PageCodec> reference() {
        return Optional.of(ReferenceLz4.high(9));
    }

    @Test
    void theDefaultLevelIsShorterThanTheReferences() {
        PageCodec ours = PageCodecs.create(Algorithm.LZ4HC, SimdBackend.SCALAR);
        assertThat(packedBytes(ours)).isLessThanOrEqualTo(packedBytes(ReferenceLz4.high(9)));
    }

    private static long packedBytes(PageCodec codec) {
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        long sum = 0;
        for (NamedPage page : NamedPage.samples()) {
            int length = codec.compress(MemorySegment.ofArray(page.bytes()), 0, packed);
            sum += length == PageCodec.INCOMPRESSIBLE ? page.bytes().length : length;
        }
        return sum;
    }
}
