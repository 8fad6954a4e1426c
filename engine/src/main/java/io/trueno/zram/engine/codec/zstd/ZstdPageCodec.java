package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;

/**
 * Zstandard frames (RFC 8878) of one page each, that any Zstandard library decodes. Reads frames of
 * any encoder.
 */
public final class ZstdPageCodec implements PageCodec {
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
    public ZstdPageCodec(int level, SimdBackend backend) {
        encoder = new ZstdPageEncoder(level, backend);
        decoder = new ZstdPageDecoder(null, backend);
    }

    /**
     * With a dictionary. Reads frames without one too.
     *
     * @param level as for {@link ZstdPageEncoder#ZstdPageEncoder}
     * @param dictionary may be shared with other codecs
     * @param backend of the search and the decoder's copies
     * @throws IllegalArgumentException if the level is not one of ours
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public ZstdPageCodec(int level, PreparedDictionary dictionary, SimdBackend backend) {
        encoder = new ZstdPageEncoder(level, dictionary, backend);
        decoder = new ZstdPageDecoder(dictionary.dictionary, backend);
    }

    @Override
    public int compress(MemorySegment page, long pageOffset, byte[] packed) {
        return encoder.encodeFrame(page, pageOffset, packed);
    }

    @Override
    public void decompress(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        decoder.decodeFrame(packed, packedLength, page, pageOffset);
    }
}
