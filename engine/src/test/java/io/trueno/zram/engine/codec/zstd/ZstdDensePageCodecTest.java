package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecContract;
import io.trueno.zram.engine.codec.PageCodecs;
import java.util.Optional;

class ZstdDensePageCodecTest extends PageCodecContract {
    private static final int LEVEL = ZstdPageEncoder.DENSE_LEVEL;

    @Override
    protected PageCodec ours() {
        return PageCodecs.create(Algorithm.zstd(LEVEL), SimdBackend.SCALAR);
    }

    @Override
    protected Optional<PageCodec> reference() {
        return Optional.of(new ReferenceZstd(LEVEL));
    }
}
