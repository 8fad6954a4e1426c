package io.trueno.zram.agent.bench;

import io.airlift.compress.v3.Compressor;
import io.airlift.compress.v3.Decompressor;
import io.airlift.compress.v3.lz4.Lz4JavaCompressor;
import io.airlift.compress.v3.lz4.Lz4JavaDecompressor;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;

/** The best-known codecs written in Java, at the one level that they have, on heap arrays. */
final class Aircompressor implements CodecSubject {
    private final Identity identity;
    private final Compressor compressor;
    private final Decompressor decompressor;

    /**
     * @param kind LZ4 or ZSTD
     */
    Aircompressor(Algorithm.Kind kind) {
        boolean lz4 = kind == Algorithm.Kind.LZ4;
        compressor = lz4 ? new Lz4JavaCompressor() : new ZstdJavaCompressor();
        decompressor = lz4 ? new Lz4JavaDecompressor() : new ZstdJavaDecompressor();
        identity = new Identity(lz4 ? "lz4" : "zstd", "aircompressor", "java", lz4 ? 1 : 3);
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public int compress(MemorySegment pages, long offset, byte[] heapPage, byte[] packed) {
        int length = compressor.compress(heapPage, 0, Pages.SIZE, packed, 0, packed.length);
        return length < Pages.SIZE ? length : -1;
    }

    @Override
    public void decompress(byte[] packed, int length, MemorySegment target, byte[] heapTarget) {
        if (decompressor.decompress(packed, 0, length, heapTarget, 0, Pages.SIZE) != Pages.SIZE) {
            throw new IllegalStateException("aircompressor gave less than a page");
        }
    }

    @Override
    public boolean writesHeap() {
        return true;
    }
}
