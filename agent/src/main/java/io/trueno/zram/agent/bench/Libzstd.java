package io.trueno.zram.agent.bench;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
        identity = new Identity("zstd", "libzstd", "native", level);
    }

    /** With a dictionary, prepared once. */
    Libzstd(int level, byte[] dictionary) {
        compressor.setLevel(level);
        compressor.loadDict(new ZstdDictCompress(dictionary, level));
        decompressor.loadDict(new ZstdDictDecompress(dictionary));
        identity = new Identity("zstd", "libzstd", "native", level, true, null);
    }

    /** What pages pack to, an incompressible page counted whole. */
    long packedBytes(MemorySegment pages, long from, long end) {
        byte[] page = new byte[Pages.SIZE];
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        long bytes = 0;
        for (long at = from; at < end; at += Pages.SIZE) {
            MemorySegment.copy(pages, ValueLayout.JAVA_BYTE, at, page, 0, Pages.SIZE);
            int length = compress(pages, at, page, packed);
            bytes += length < 0 ? Pages.SIZE : length;
        }
        return bytes;
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
