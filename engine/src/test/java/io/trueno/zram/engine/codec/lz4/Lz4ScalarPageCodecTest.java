package io.trueno.zram.engine.codec.lz4;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecContract;
import io.trueno.zram.engine.codec.PageCodecs;
import java.util.Optional;

class Lz4ScalarPageCodecTest extends PageCodecContract {
    @Override
    protected PageCodec ours() {
        return PageCodecs.create(Algorithm.LZ4, SimdBackend.SCALAR);
    }

    @Override
    protected Optional<PageCodec> reference() {
        return Optional.of(ReferenceLz4.fast());
    }
}
