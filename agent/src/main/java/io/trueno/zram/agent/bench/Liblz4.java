package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** The reference LZ4 library through its JNI binding, on heap arrays. */
final class Liblz4 implements CodecSubject {
    private final Identity identity;
    private final LZ4Compressor compressor;
    private final LZ4SafeDecompressor decompressor;

    /**
     * @param algorithm LZ4 at level 1, or LZ4HC
     */
    Liblz4(Algorithm algorithm) {
        LZ4Factory factory = LZ4Factory.nativeInstance();
        compressor =
                algorithm.kind() == Algorithm.Kind.LZ4HC
                        ? factory.highCompressor(algorithm.level())
                        : factory.fastCompressor();
        decompressor = factory.safeDecompressor();
        identity = new Identity(algorithm.zramName(), "liblz4", "native", algorithm.level());
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
            throw new IllegalStateException("liblz4 gave less than a page");
        }
    }

    @Override
    public boolean writesHeap() {
        return true;
    }
}
