package io.trueno.zram.engine.codec.lz4;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/** The C library behind our interface. */
final class ReferenceLz4 implements PageCodec {
    private final LZ4Compressor compressor;

    private ReferenceLz4(LZ4Compressor compressor) {
        this.compressor = compressor;
    }

    static ReferenceLz4 fast() {
        return new ReferenceLz4(LZ4Factory.nativeInstance().fastCompressor());
    }

    static ReferenceLz4 high(int level) {
        return new ReferenceLz4(LZ4Factory.nativeInstance().highCompressor(level));
    }

    @Override
    public int compress(MemorySegment page, long pageOffset, byte[] packed) {
        byte[] bytes = page.asSlice(pageOffset, Pages.SIZE).toArray(ValueLayout.JAVA_BYTE);
        int length = compressor.compress(bytes, 0, bytes.length, packed, 0, packed.length);
        return length < Pages.SIZE ? length : INCOMPRESSIBLE;
    }

    @Override
    public void decompress(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        byte[] bytes = new byte[Pages.SIZE];
        try {
            int length =
                    LZ4Factory.nativeInstance()
                            .safeDecompressor()
                            .decompress(packed, 0, packedLength, bytes, 0, bytes.length);
            if (length != Pages.SIZE) {
                throw new CorruptPageException(packedLength, "not a page");
            }
        } catch (LZ4Exception e) {
            throw new CorruptPageException(0, String.valueOf(e.getMessage()));
        }
        MemorySegment.copy(bytes, 0, page, ValueLayout.JAVA_BYTE, pageOffset, Pages.SIZE);
    }
}
