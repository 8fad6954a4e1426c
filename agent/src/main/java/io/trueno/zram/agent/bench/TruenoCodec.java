package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import io.trueno.zram.engine.codec.zstd.PreparedDictionary;
import io.trueno.zram.engine.codec.zstd.ZstdPageCodec;
import java.lang.foreign.MemorySegment;

/** The engine's own codec, fed from native memory as a transport feeds it. */
final class TruenoCodec implements CodecSubject {
    private final Identity identity;
    private final PageCodec codec;

    TruenoCodec(Algorithm algorithm, SimdBackend backend) {
        identity = new Identity(algorithm.zramName(), "trueno", backend.name(), algorithm.level());
        codec = PageCodecs.create(algorithm, backend);
    }

    /** Zstandard with a dictionary. */
    TruenoCodec(int level, PreparedDictionary dictionary, SimdBackend backend) {
        identity = new Identity("zstd", "trueno", backend.name(), level, true, null);
        codec = new ZstdPageCodec(level, dictionary, backend);
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public int compress(MemorySegment pages, long offset, byte[] heapPage, byte[] packed) {
        return codec.compress(pages, offset, packed);
    }

    @Override
    public void decompress(byte[] packed, int length, MemorySegment target, byte[] heapTarget) {
        codec.decompress(packed, length, target, 0);
    }

    @Override
    public boolean writesHeap() {
        return false;
    }
}
