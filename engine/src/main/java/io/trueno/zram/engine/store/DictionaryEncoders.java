package io.trueno.zram.engine.store;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.zstd.ZstdPageEncoder;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Packs pages with dictionaries at one level. For one thread at a time. */
final class DictionaryEncoders {
    private final int level;
    private final SimdBackend backend;
    private final @Nullable ZstdPageEncoder[] encoders = new ZstdPageEncoder[Dictionaries.MOST];
    private final @Nullable StoreDictionary[] encodersOf = new StoreDictionary[Dictionaries.MOST];

    DictionaryEncoders(int level, SimdBackend backend) {
        this.level = level;
        this.backend = backend;
    }

    /**
     * Packs a page with a dictionary, whose number follows.
     *
     * @return bytes written, or {@link PageCodec#INCOMPRESSIBLE}
     */
    int encode(StoreDictionary dictionary, MemorySegment source, long offset, byte[] packed) {
        int number = dictionary.number;
        ZstdPageEncoder encoder = encoders[number];
        if (encoder == null || encodersOf[number] != dictionary) {
            encoder = new ZstdPageEncoder(level, dictionary.prepared, backend);
            encoders[number] = encoder;
            encodersOf[number] = dictionary;
        }
        int length = encoder.encodeBlocks(source, offset, packed);
        if (length == PageCodec.INCOMPRESSIBLE || length >= PagePacker.HUGE_PACKED_BYTES) {
            return PageCodec.INCOMPRESSIBLE;
        }
        packed[length] = (byte) number;
        return length + 1;
    }
}
