package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;

/**
 * The blocks of a Zstandard frame (RFC 8878, section 3.1.1.2) without the frame around them: what a
 * page store keeps, since it knows the content size and needs no magic number.
 */
public final class ZstdBlocksCodec implements PageCodec {
    private final ZstdPageEncoder encoder;
    private final ZstdPageDecoder decoder;

    /**
     * Without a dictionary.
     *
     * @param level as for {@link ZstdPageEncoder#ZstdPageEncoder}
     * @param backend of the search and the decoder's copies
     * @throws IllegalArgumentException if the level is not one of ours
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public ZstdBlocksCodec(int level, SimdBackend backend) {
        encoder = new ZstdPageEncoder(level, backend);
        decoder = new ZstdPageDecoder(null, backend);
    }

    @Override
    public int compress(MemorySegment page, long pageOffset, byte[] packed) {
        return encoder.encodeBlocks(page, pageOffset, packed);
    }

    @Override
    public void decompress(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        decoder.decodeBlocks(packed, packedLength, page, pageOffset);
    }
}
