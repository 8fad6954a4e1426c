package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecContract;
import io.trueno.zram.engine.codec.PageCodecs;
import java.util.Optional;

class ZstdStaticBlocksPageCodecTest extends PageCodecContract {
    @Override
    protected PageCodec ours() {
        return PageCodecs.createForStore(Algorithm.ZSTD_STATIC, SimdBackend.detect());
    }

    /** It has no such tables; see {@link ZstdStaticCodecTest} for what it reads. */
    @Override
    protected Optional<PageCodec> reference() {
        return Optional.empty();
    }
}
