package io.trueno.zram.engine.codec.lz4;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.kernel.Kernels;
import io.trueno.zram.engine.kernel.Lz4Decoder;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * LZ4 blocks of one page: standard blocks, that any LZ4 library decodes.
 *
 * <p>Page and packed bytes go through native blocks of the codec's own, which costs about 30 ns and
 * lets the loops run on memory with slack around it, wherever the page lies. A page that fails to
 * decode is therefore left as it was.
 */
public final class Lz4PageCodec implements PageCodec {
    private static final int MAX_BLOCK = Pages.SIZE - 1;

    private final Encoder encoder;
    private final Lz4Decoder decoder;

    private Lz4PageCodec(Encoder encoder, Lz4Decoder decoder) {
        this.encoder = encoder;
        this.decoder = decoder;
    }

    /**
     * With the fast encoder.
     *
     * @param acceleration 1 for the best ratio; higher skips more of what does not match
     */
    public static Lz4PageCodec fast(int acceleration, SimdBackend backend) {
        Kernels kernels = Kernels.of(backend);
        return new Lz4PageCodec(
                kernels.newLz4Encoder(acceleration)::encode, kernels.newLz4Decoder());
    }

    /**
     * With the encoder that looks for the shortest block.
     *
     * @param level 1 to 12, as in the reference library
     */
    public static Lz4PageCodec high(int level, SimdBackend backend) {
        Lz4OptimalEncoder encoder = new Lz4OptimalEncoder(level);
        return new Lz4PageCodec(encoder::encode, Kernels.of(backend).newLz4Decoder());
    }

    @Override
    public int compress(MemorySegment page, long pageOffset, byte[] packed) {
        checkCapacity(packed);
        int length = encoder.encode(page, pageOffset, packed);
        return length <= MAX_BLOCK ? length : INCOMPRESSIBLE;
    }

    @Override
    public void decompress(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        checkCapacity(packed);
        Objects.checkIndex(packedLength, Pages.SIZE + 1);
        Objects.checkFromIndexSize(pageOffset, Pages.SIZE, page.byteSize());
        decoder.decode(packed, packedLength, page, pageOffset);
    }

    private static void checkCapacity(byte[] packed) {
        Objects.checkFromIndexSize(0, PACKED_CAPACITY, packed.length);
    }

    /** Either of the encoders; gives the block's length, whether it is worth keeping or not. */
    private interface Encoder {
        int encode(MemorySegment page, long pageOffset, byte[] packed);
    }
}
