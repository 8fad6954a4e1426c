package io.trueno.zram.engine.codec;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.lz4.Lz4PageCodec;
import io.trueno.zram.engine.codec.zstd.ZstdBlocksCodec;
import io.trueno.zram.engine.codec.zstd.ZstdPageCodec;
import io.trueno.zram.engine.codec.zstd.ZstdStaticCodec;

/** Makes page codecs. */
public final class PageCodecs {
    private PageCodecs() {}

    /**
     * A new codec, for one thread at a time.
     *
     * @param algorithm a method that packs bytes: not {@code NONE}, {@code SAME_FILL} or {@code
     *     ADAPTIVE}, which are decided before a codec is asked
     * @param backend SIMD backend; of Zstandard, the decoder only
     * @throws IllegalArgumentException if there is no codec for the algorithm or its level
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public static PageCodec create(Algorithm algorithm, SimdBackend backend) {
        return switch (algorithm.kind()) {
            case LZ4 -> Lz4PageCodec.fast(algorithm.level(), backend);
            case ZSTD -> new ZstdPageCodec(algorithm.level(), backend);
            case ZSTD_STATIC -> ZstdStaticCodec.ofFrames(backend);
            case LZ4HC -> Lz4PageCodec.high(algorithm.level(), backend);
            case NONE, SAME_FILL, ADAPTIVE ->
                    throw new IllegalArgumentException("no codec: algorithm=" + algorithm);
        };
    }

    /**
     * The codec for pages that only a store of ours reads back: as {@link #create}, but without the
     * bytes that say again what the store knows. What {@code ZSTD_STATIC} reads includes all that
     * {@code ZSTD} writes.
     */
    public static PageCodec createForStore(Algorithm algorithm, SimdBackend backend) {
        return switch (algorithm.kind()) {
            case ZSTD -> new ZstdBlocksCodec(algorithm.level(), backend);
            case ZSTD_STATIC -> ZstdStaticCodec.ofBlocks(backend);
            default -> create(algorithm, backend);
        };
    }
}
