package io.trueno.zram.agent.bench;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;

/**
 * The reference Zstandard library through its JNI binding, on heap arrays, contexts reused. The
 * contexts live as long as the process.
 */
final class Libzstd implements CodecSubject {
    private final Identity identity;
    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

    Libzstd(int level) {
        compressor.setLevel(level);
        identity = new Identity("zstd", "libzstd", "native", level, false);
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public int compress(MemorySegment pages, long offset, byte[] heapPage, byte[] packed) {
        int length =
                compressor.compressByteArray(packed, 0, packed.length, heapPage, 0, Pages.SIZE);
        return length < Pages.SIZE ? length : -1;
    }

    @Override
    public void decompress(byte[] packed, int length, MemorySegment target, byte[] heapTarget) {
        if (decompressor.decompressByteArray(heapTarget, 0, Pages.SIZE, packed, 0, length)
                != Pages.SIZE) {
            throw new IllegalStateException("libzstd gave less than a page");
        }
    }

    @Override
    public boolean writesHeap() {
        return true;
    }
}
