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

    static final int QUICK_LEVEL = 3;
    private static final WriteMethod QUICK =
            new WriteMethod(Algorithm.zstd(QUICK_LEVEL), SelectionPolicy.RATIO);
    private static final WriteMethod DENSE =
            new WriteMethod(Algorithm.zstd(ZstdPageEncoder.DENSE_LEVEL), SelectionPolicy.RATIO);

    private final PageIo io;
    private final PagePacker packer;
    private final PagePacker densePacker;
    private final MemorySegment page = Arena.ofAuto().allocate(Pages.SIZE, 64);
    private final byte[] scratch = new byte[PageCodec.PACKED_CAPACITY];
    private final DictionaryEncoders quickEncoders;
    private final DictionaryEncoders denseEncoders;

    PageRepacker(PageIo io, SimdBackend backend) {
        this.io = io;
        packer = new PagePacker(backend);
        densePacker = new PagePacker(backend);
        quickEncoders = new DictionaryEncoders(QUICK_LEVEL, backend);
        denseEncoders = new DictionaryEncoders(ZstdPageEncoder.DENSE_LEVEL, backend);
    }

    /**
     * Tries to keep a page in fewer bytes.
     *
     * @param entry of the page, loaded since the caller took the lane
     * @param with the algorithm to use, or null for Zstandard and the dictionary
     * @param dense whether Zstandard is to take its time
     * @param dictionary that suits the page's region; null for none
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
            boolean dense,
            @Nullable StoreDictionary dictionary,
            int below) {
        io.read(lane, number, entry, page, 0);
        int kind = PageEntry.ZSTD_DICTIONARY;
        int length = PageCodec.INCOMPRESSIBLE;
        if (dictionary != null) {
            DictionaryEncoders encoders = dense ? denseEncoders : quickEncoders;
            length = encoders.encode(dictionary, page, 0, lane.packed);
        }
        if (length == PageCodec.INCOMPRESSIBLE) {
            PagePacker used = dense ? densePacker : packer;
            WriteMethod zstd = dense ? DENSE : QUICK;
            length = used.pack(with == null ? zstd : with, page, 0, lane.packed);
            kind = used.kind();
        }
        int saved = SlotLayout.slotBytes(PageEntry.packedLength(entry));
        saved -= SlotLayout.slotBytes(length);
        boolean keep = saved >= LEAST_GAIN_BYTES && length < below;
        return keep && io.repack(lane, number, entry, kind, length) ? saved : 0;
    }

    /**
     * Packs a page with a dictionary quickly, to see whether it suits.
     *
     * @return bytes written, or {@link PageCodec#INCOMPRESSIBLE}
     */
    int encodeQuickly(
            StoreDictionary dictionary, MemorySegment source, long offset, byte[] packed) {
        return quickEncoders.encode(dictionary, source, offset, packed);
    }

    /** Bytes of the slot that a page would take, packed as densely as it can be alone. */
    int denseSlotBytes(@Nullable StoreDictionary dictionary, MemorySegment source, long offset) {
        int length =
                dictionary == null
                        ? PageCodec.INCOMPRESSIBLE
                        : denseEncoders.encode(dictionary, source, offset, scratch);
        if (length == PageCodec.INCOMPRESSIBLE) {
            length = densePacker.pack(DENSE, source, offset, scratch);
        }
        return SlotLayout.slotBytes(length);
    }
}
