package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.zstd.ZstdPageEncoder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Packs single pages anew, through a lane that the caller holds. For one thread at a time. */
final class PageRepacker {
    /** A gain of less is not worth a new slot. */
    static final int LEAST_GAIN_BYTES = 16;

    /** With a dictionary, the level decides about literals only. */
    private static final int DICTIONARY_LEVEL = 3;

    private static final WriteMethod ZSTD =
            new WriteMethod(Algorithm.zstd(3), SelectionPolicy.RATIO);

    private final PageIo io;
    private final PagePacker packer;
    private final MemorySegment page = Arena.ofAuto().allocate(Pages.SIZE, 64);
    private final byte[] best = new byte[PageCodec.PACKED_CAPACITY];
    private final @Nullable ZstdPageEncoder[] encoders = new ZstdPageEncoder[Dictionaries.MOST];
    private final @Nullable StoreDictionary[] encodersOf = new StoreDictionary[Dictionaries.MOST];

    PageRepacker(PageIo io, SimdBackend backend) {
        this.io = io;
        packer = new PagePacker(backend);
    }

    /**
     * Tries to keep a page in fewer bytes.
     *
     * @param entry of the page, loaded since the caller took the lane
     * @param with the algorithm to use, or null for Zstandard and the dictionary
     * @param dictionary to try too; null for none
     * @param below the packed bytes must be fewer
     * @return bytes saved; 0 if there is nothing to gain, or the page was written meanwhile
     * @throws BlockIoException.StoreFailure if the page cannot be read
     * @throws BlockIoException.OutOfSpace if there is no memory to move it to
     */
    int repack(
            Lane lane,
            long number,
            long entry,
            @Nullable WriteMethod with,
            @Nullable StoreDictionary dictionary,
            int below) {
        io.read(lane, number, entry, page, 0);
        int length = packer.pack(with == null ? ZSTD : with, page, 0, lane.packed);
        int kind = packer.kind();
        if (dictionary != null) {
            int other = encode(dictionary, page, 0, best);
            if (other != PageCodec.INCOMPRESSIBLE && other < length) {
                length = other;
                kind = PageEntry.ZSTD_DICTIONARY;
                System.arraycopy(best, 0, lane.packed, 0, length);
            }
        }
        int saved = SlotLayout.slotBytes(PageEntry.packedLength(entry));
        saved -= SlotLayout.slotBytes(length);
        boolean keep = saved >= LEAST_GAIN_BYTES && length < below;
        return keep && io.repack(lane, number, entry, kind, length) ? saved : 0;
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
            encoder = new ZstdPageEncoder(DICTIONARY_LEVEL, dictionary.prepared);
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
