package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.AdaptiveCompressor;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The engine's choice page by page; what it chose goes along as the packed page's tag. */
final class TruenoAdaptive implements CodecSubject {
    private final Identity identity;
    private final AdaptiveCompressor compressor;

    /** What a tag means; grows to the few algorithms that occur. */
    private final List<Algorithm> tags = new ArrayList<>();

    TruenoAdaptive(SelectionPolicy policy, SimdBackend backend) {
        identity =
                new Identity(
                        Algorithm.ADAPTIVE.zramName(),
                        "trueno",
                        backend.name(),
                        0,
                        false,
                        policy.toString());
        compressor = new AdaptiveCompressor(policy, backend);
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public int compress(MemorySegment pages, long offset, byte[] heapPage, byte[] packed) {
        int length = compressor.compress(pages, offset, packed);
        packed[TAG] = (byte) tagOf(compressor.lastAlgorithm());
        return length < Pages.SIZE ? length : -1;
    }

    private int tagOf(Algorithm algorithm) {
        int tag = tags.indexOf(algorithm);
        if (tag < 0) {
            tag = tags.size();
            tags.add(algorithm);
        }
        return tag;
    }

    @Override
    public void decompress(byte[] packed, int length, MemorySegment target, byte[] heapTarget) {
        compressor.decompress(tags.get(packed[TAG]), packed, length, target, 0);
    }

    @Override
    public boolean writesHeap() {
        return false;
    }
}
