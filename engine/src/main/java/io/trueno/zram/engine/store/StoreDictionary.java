package io.trueno.zram.engine.store;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.zstd.PreparedDictionary;
import io.trueno.zram.engine.codec.zstd.ZstdDictionary;
import io.trueno.zram.engine.codec.zstd.ZstdPageDecoder;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * One dictionary of a store, ready for use, and the decoders that read with it. There are as many
 * as threads have read at the same time; a read takes one and gives it back. May be used from any
 * thread.
 */
final class StoreDictionary {
    /** Decoders that are kept; a thread that finds none makes one. */
    private static final int MOST_DECODERS = 64;

    final int number;

    /** Goes into the checksum of every slot that needs this dictionary. */
    final int salt;

    final PreparedDictionary prepared;
    private final ZstdDictionary dictionary;
    private final SimdBackend backend;
    private final AtomicReferenceArray<ZstdPageDecoder> free =
            new AtomicReferenceArray<>(MOST_DECODERS);

    StoreDictionary(int number, int crc, ZstdDictionary dictionary, SimdBackend backend) {
        this.number = number;
        this.dictionary = dictionary;
        this.backend = backend;
        salt = (int) PageEntry.mix(crc) | 1;
        prepared = PreparedDictionary.of(dictionary);
    }

    /**
     * Unpacks one page.
     *
     * @param packed holds its Zstandard blocks
     * @throws io.trueno.zram.engine.CorruptPageException if they do not decode
     */
    void decompress(byte[] packed, int length, MemorySegment page, long offset) {
        ZstdPageDecoder decoder = take();
        try {
            decoder.decodeBlocks(packed, length, page, offset);
        } finally {
            give(decoder);
        }
    }

    private ZstdPageDecoder take() {
        for (int i = 0; i < MOST_DECODERS; i++) {
            ZstdPageDecoder decoder = free.get(i) == null ? null : free.getAndSet(i, null);
            if (decoder != null) {
                return decoder;
            }
        }
        return new ZstdPageDecoder(dictionary, backend);
    }

    private void give(ZstdPageDecoder decoder) {
        for (int i = 0; i < MOST_DECODERS; i++) {
            if (free.compareAndSet(i, null, decoder)) {
                return;
            }
        }
    }
}
