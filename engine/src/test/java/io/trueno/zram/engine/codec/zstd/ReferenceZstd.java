package io.trueno.zram.engine.codec.zstd;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The reference library as a page codec. */
final class ReferenceZstd implements PageCodec {
    private final ZstdCompressCtx compressor = new ZstdCompressCtx();

    ReferenceZstd(int level) {
        compressor.setLevel(level);
    }

    @Override
    public int compress(MemorySegment page, long pageOffset, byte[] packed) {
        byte[] bytes = page.asSlice(pageOffset, Pages.SIZE).toArray(ValueLayout.JAVA_BYTE);
        byte[] frame = compressor.compress(bytes);
        if (frame.length >= Pages.SIZE) {
            return INCOMPRESSIBLE;
        }
        System.arraycopy(frame, 0, packed, 0, frame.length);
        return frame.length;
    }

    @Override
    public void decompress(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        byte[] bytes = new byte[Pages.SIZE];
        long length;
        try {
            length = Zstd.decompressByteArray(bytes, 0, Pages.SIZE, packed, 0, packedLength);
        } catch (ZstdException e) {
            throw new CorruptPageException(0, "libzstd: " + e.getMessage());
        }
        if (length != Pages.SIZE) {
            throw new CorruptPageException(0, "not a page: bytes=" + length);
        }
        MemorySegment.copy(bytes, 0, page, ValueLayout.JAVA_BYTE, pageOffset, Pages.SIZE);
    }
}
