package io.trueno.zram.engine.store;

import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.zstd.ZstdClusterCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Packs neighbouring pages together, through a lane that the caller holds. For one thread at a
 * time.
 */
final class ClusterPacker {
    /** What a cluster must save over the same pages one by one, in thousandths. */
    private static final int LEAST_GAIN_PER_MILLE = 30;

    /** Fewer pages say too little about a region. */
    private static final int LEAST_PAGES_TO_JUDGE = 4;

    private static final byte UNKNOWN = 0;
    private static final byte PAYS = 1;
    private static final byte PAYS_NOT = 2;

    private final PageIo io;
    private final PageRepacker repacker;
    private final SimdBackend backend;

    /** By region: whether clusters pay there, as measured on the first of its pages. */
    private byte[] regions = new byte[0];

    private final MemorySegment contents =
            Arena.ofAuto().allocate((long) ClusterSlot.MOST_PAGES * Pages.SIZE, 64);
    private final ZstdClusterCodec plain;
    private final @Nullable ZstdClusterCodec[] encoders = new ZstdClusterCodec[Dictionaries.MOST];
    private final @Nullable StoreDictionary[] encodersOf = new StoreDictionary[Dictionaries.MOST];

    ClusterPacker(PageIo io, PageRepacker repacker, SimdBackend backend) {
        this.io = io;
        this.repacker = repacker;
        this.backend = backend;
        plain = new ZstdClusterCodec(null, backend);
    }

    /**
     * Forgets where clusters pay: dictionaries or pages have changed.
     *
     * @param pages that the device has
     */
    void forget(long pages) {
        regions = new byte[DictionaryKeeper.regions(pages)];
    }

    /**
     * Tries to keep pages in fewer bytes together.
     *
     * @param pages their numbers, ascending, at most {@link ClusterSlot#LONGEST_DISTANCE} apart
     * @param entries of the pages, loaded since the caller took the lane
     * @param count 2 to {@link ClusterSlot#MOST_PAGES}
     * @param dictionary that suits the pages' region; null for none
     * @return bytes of arena saved; 0 if clusters do not pay here, or all pages were written
     *     meanwhile
     * @throws BlockIoException.StoreFailure if one of the pages cannot be read
     * @throws BlockIoException.OutOfSpace if there is no memory to move them to
     */
    long pack(
            Lane lane,
            long[] pages,
            long[] entries,
            int count,
            @Nullable StoreDictionary dictionary) {
        int region = (int) (pages[0] / DictionaryKeeper.REGION);
        if (region >= regions.length || regions[region] == PAYS_NOT) {
            return 0;
        }
        long before = 0;
        for (int i = 0; i < count; i++) {
            io.read(lane, pages[i], entries[i], contents, (long) i * Pages.SIZE);
            before += PageEntry.slotBytes(entries[i]);
        }
        ZstdClusterCodec encoder = dictionary == null ? plain : encoder(dictionary);
        int length = encoder.compress(contents, 0, count, lane.cluster().packed);
        if (length == PageCodec.INCOMPRESSIBLE || length > ClusterSlot.MOST_PACKED_BYTES) {
            return 0;
        }
        long after = (long) ClusterSlot.share(count, length) * count;
        if (regions[region] == UNKNOWN && count >= LEAST_PAGES_TO_JUDGE) {
            long alone = bytesAlone(count, dictionary);
            boolean pays = after * 1000 <= alone * (1000 - LEAST_GAIN_PER_MILLE);
            regions[region] = pays ? PAYS : PAYS_NOT;
        }
        if (after >= before || regions[region] == PAYS_NOT) {
            return 0;
        }
        int put = io.clusters().create(lane, pages, entries, count, dictionary, length);
        return put == 0 ? 0 : before - after;
    }

    /** {@link ClusterIo#takeOut}. */
    void takeOut(Lane lane, long page) {
        io.clusters().takeOut(lane, page);
    }

    private long bytesAlone(int count, @Nullable StoreDictionary dictionary) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += repacker.denseSlotBytes(dictionary, contents, (long) i * Pages.SIZE);
        }
        return bytes;
    }

    private ZstdClusterCodec encoder(StoreDictionary dictionary) {
        int number = dictionary.number;
        ZstdClusterCodec encoder = encoders[number];
        if (encoder == null || encodersOf[number] != dictionary) {
            encoder = new ZstdClusterCodec(dictionary.prepared, backend);
            encoders[number] = encoder;
            encodersOf[number] = dictionary;
        }
        return encoder;
    }
}
