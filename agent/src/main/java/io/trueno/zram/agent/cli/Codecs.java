package io.trueno.zram.agent.cli;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodecs;
import io.trueno.zram.engine.codec.zstd.ZstdPageEncoder;
import java.util.List;

/** Which codecs this build has. */
final class Codecs {
    private static final List<Algorithm> CANDIDATES =
            List.of(
                    Algorithm.LZ4,
                    Algorithm.LZ4HC,
                    Algorithm.ZSTD_STATIC,
                    Algorithm.zstd(1),
                    Algorithm.zstd(3),
                    Algorithm.zstd(ZstdPageEncoder.DENSE_LEVEL));

    private Codecs() {}

    /** Those that a page can be compressed with, weakest first. */
    static List<Algorithm> available() {
        return CANDIDATES.stream().filter(Codecs::isAvailable).toList();
    }

    private static boolean isAvailable(Algorithm algorithm) {
        try {
            PageCodecs.create(algorithm, SimdBackend.SCALAR);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
