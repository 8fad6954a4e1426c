package io.trueno.zram.engine.store;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.Starting;
import io.trueno.zram.engine.codec.zstd.PreparedDictionary;
import io.trueno.zram.engine.codec.zstd.ZstdClusterCodec;
import io.trueno.zram.engine.codec.zstd.ZstdDictionary;
import io.trueno.zram.engine.codec.zstd.ZstdPageDecoder;
import java.lang.foreign.MemorySegment;

/**
 * One dictionary of a store, ready for use, and the decoders that read with it. There are as many
 * as threads have read at the same time; a read takes one and gives it back. May be used from any
 * thread.
 */
final class StoreDictionary {
    final int number;

    /** Goes into the checksum of every slot that needs this dictionary. */
    final int salt;

    final PreparedDictionary prepared;
    private final Spares<Starting<ZstdPageDecoder>> decoders;
    private final Spares<Starting<ZstdClusterCodec>> clusterDecoders;

    StoreDictionary(int number, int crc, ZstdDictionary dictionary, SimdBackend backend) {
        this.number = number;
        prepared = PreparedDictionary.of(dictionary);
        decoders =
                new Spares<>(
                        () -> new Starting<>(backend, now -> new ZstdPageDecoder(dictionary, now)));
        clusterDecoders =
                new Spares<>(
                        () -> new Starting<>(backend, now -> new ZstdClusterCodec(prepared, now)));
        salt = (int) PageEntry.mix(crc) | 1;
    }

    /**
     * Unpacks one page.
     *
     * @param packed holds its Zstandard blocks
     * @throws io.trueno.zram.engine.CorruptPageException if they do not decode
     */
    void decompress(byte[] packed, int length, MemorySegment page, long offset) {
        Starting<ZstdPageDecoder> decoder = decoders.take();
        try {
            decoder.get().decodeBlocks(packed, length, page, offset);
        } finally {
            decoders.give(decoder);
        }
    }

    /**
     * Unpacks one page of a cluster.
     *
     * @throws io.trueno.zram.engine.CorruptPageException if they do not decode
     */
    void decompressMember(ClusterSlot cluster, int place, MemorySegment page, long offset) {
        Starting<ZstdClusterCodec> decoder = clusterDecoders.take();
        try {
            decoder.get()
                    .decompressPage(
                            cluster.packed,
                            cluster.packedLength(),
                            cluster.count(),
                            place,
                            page,
                            offset);
        } finally {
            clusterDecoders.give(decoder);
        }
    }
}
