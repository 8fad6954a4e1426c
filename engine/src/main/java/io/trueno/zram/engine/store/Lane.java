package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SameFill;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import io.trueno.zram.engine.codec.Starting;
import io.trueno.zram.engine.codec.zstd.ZstdClusterCodec;
import io.trueno.zram.engine.store.SlotArena.ChunkUse;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What one request at a time works with: codecs, scratch memory, the chunk that its slots are cut
 * from, and counters. All of it belongs to whoever holds the lane's word in {@link Epochs}, which
 * also orders one holder's writes before the next holder's reads.
 */
final class Lane {
    final int number;
    final Counters counters = new Counters();
    final RequestTimes reads = new RequestTimes();
    final RequestTimes writes = new RequestTimes();
    private final Starting<SameFill> sameFill;
    final PagePacker packer;

    /** Packed bytes on their way to or from a slot. */
    final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];

    /** A page that is read, changed in part and written back. */
    final MemorySegment page = MemorySegment.ofArray(new byte[Pages.SIZE]);

    private @Nullable ClusterSlot cluster;
    private @Nullable Starting<ZstdClusterCodec> clusterDecoder;
    private @Nullable TwinSlot twin;
    private @Nullable BackedRecord record;
    private final CRC32C crc32c = new CRC32C();
    private final SlotArena arena;
    private final SimdBackend backend;
    private ChunkUse use;
    private @Nullable Starting<PageCodec> lz4;
    private @Nullable Starting<PageCodec> zstd;
    private OpenChunk current;
    private OpenChunk spare;
    private OpenChunk cutFrom;
    private final Holes holes;
    private long filledHole = SlotArena.NONE;

    /**
     * @param use what its chunks are opened for; but for requests, slots are cut from fresh ones
     *     only
     */
    Lane(int number, SlotArena arena, Epochs epochs, SimdBackend backend, ChunkUse use) {
        this.number = number;
        this.arena = arena;
        this.backend = backend;
        this.use = use;
        sameFill = new Starting<>(backend, SameFill::create);
        current = new OpenChunk(arena);
        spare = new OpenChunk(arena);
        cutFrom = current;
        packer = new PagePacker(backend);
        holes = new Holes(arena, epochs);
    }

    /** The codec that decodes slots of a {@link PageEntry} kind, or null if there is none. */
    @Nullable PageCodec decoder(int kind) {
        return switch (kind) {
            case PageEntry.LZ4 -> {
                Starting<PageCodec> current = lz4;
                if (current == null) {
                    lz4 = current = decoder(Algorithm.LZ4);
                }
                yield current.get();
            }
            case PageEntry.ZSTD -> {
                Starting<PageCodec> current = zstd;
                if (current == null) {
                    zstd = current = decoder(Algorithm.ZSTD_STATIC);
                }
                yield current.get();
            }
            default -> null;
        };
    }

    private Starting<PageCodec> decoder(Algorithm algorithm) {
        return new Starting<>(backend, now -> PageCodecs.createForStore(algorithm, now));
    }

    /** Finds and rebuilds same-filled pages. */
    SameFill sameFill() {
        return sameFill.get();
    }

    /** Where clusters are brought in to, and described. */
    ClusterSlot cluster() {
        ClusterSlot current = cluster;
        if (current == null) {
            cluster = current = new ClusterSlot();
        }
        return current;
    }

    /** Where slots of twins are brought in to, and described. */
    TwinSlot twin() {
        TwinSlot current = twin;
        if (current == null) {
            twin = current = new TwinSlot();
        }
        return current;
    }

    /** Reads clusters without a dictionary. */
    ZstdClusterCodec clusterDecoder() {
        Starting<ZstdClusterCodec> current = clusterDecoder;
        if (current == null) {
            clusterDecoder =
                    current = new Starting<>(backend, now -> new ZstdClusterCodec(null, now));
        }
        return current.get();
    }

    /** Where records of the backing device are brought in to. */
    BackedRecord record() {
        BackedRecord current = record;
        if (current == null) {
            record = current = new BackedRecord();
        }
        return current;
    }

    /** CRC32C of the first {@code length} packed bytes. */
    int crc32c(int length) {
        crc32c.reset();
        crc32c.update(packed, 0, length);
        return (int) crc32c.getValue();
    }

    /**
     * Takes a slot: a hole that a slot before it has left, else a piece of the lane's chunk, for
     * which a new chunk is taken when that is full. What is left at a chunk's end is kept for
     * smaller slots: as a hole, and in the background, where clusters leave much, as a chunk.
     *
     * @return the slot's address, or {@link SlotArena#NONE}
     */
    long allocate(int slotBytes) {
        if (use == ChunkUse.REQUEST) {
            filledHole = holes.take(slotBytes);
            if (filledHole != SlotArena.NONE) {
                return filledHole;
            }
        }
        if (spare.rest() >= slotBytes) {
            cutFrom = spare;
        } else {
            if (current.rest() < slotBytes && !takeChunk()) {
                return SlotArena.NONE;
            }
            cutFrom = current;
        }
        return cutFrom.cut(slotBytes);
    }

    private boolean takeChunk() {
        if (use == ChunkUse.REQUEST) {
            sealCurrent(); // what is dead in it may be the room for a fresh one
        }
        int fresh = arena.openChunk(use);
        if (fresh == SlotArena.NONE) {
            return false;
        }
        if (use != ChunkUse.REQUEST && current.rest() > spare.rest()) {
            OpenChunk shorter = spare;
            spare = current;
            current = shorter;
        }
        current.replace(fresh);
        return true;
    }

    /** Changes what chunks are opened for from now on, in the background. */
    void use(ChunkUse newUse) {
        use = newUse;
    }

    private void sealCurrent() {
        if (current.number() != SlotArena.NONE) {
            holes.keep(current.end(), current.rest(), arena.generation(current.number()));
            current.seal();
        }
    }

    /** Bytes left in the lane's chunk. */
    int openBytes() {
        return current.rest();
    }

    /** Bytes left in all chunks that the lane has open; anyone may ask, roughly. */
    int restBytes() {
        return current.rest() + spare.rest();
    }

    /** The chunk that the last slot was cut from, or {@link SlotArena#NONE}. */
    int chunkOfLastCut() {
        return cutFrom.number();
    }

    /** Takes back the slot taken last, which was not published. */
    void undoAllocate(int slotBytes) {
        if (filledHole != SlotArena.NONE) {
            free(filledHole, slotBytes);
            filledHole = SlotArena.NONE;
        } else {
            cutFrom.undo(slotBytes);
        }
    }

    /** Gives up a slot, of one page alone, that no page table entry points to any more. */
    void free(long address, int slotBytes) {
        long state = arena.free(address, slotBytes);
        if (use == ChunkUse.REQUEST && SlotArena.isHole(state)) {
            holes.add(address, slotBytes, ChunkStates.generation(state));
        }
    }
}
