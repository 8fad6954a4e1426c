package io.trueno.zram.engine.codec.lz4;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecContract;
import io.trueno.zram.engine.codec.PageCodecs;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

class Lz4Avx512PageCodecTest extends PageCodecContract {
    @BeforeEach
    void needsTheBackend() {
        Assumptions.assumeTrue(SimdBackend.AVX512.isAvailable());
    }

    @Override
    protected PageCodec ours() {
        return PageCodecs.create(Algorithm.LZ4, SimdBackend.AVX512);
    }

    @Override
    protected Optional<PageCodec> reference() {
        return Optional.of(ReferenceLz4.fast());
    }
}
