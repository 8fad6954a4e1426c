package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SameFill;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
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
    final SameFill sameFill;
    final PagePacker packer;

    /** Packed bytes on their way to or from a slot. */
    final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];

    /** A page that is read, changed in part and written back. */
    final MemorySegment page = MemorySegment.ofArray(new byte[Pages.SIZE]);

    private final CRC32C crc32c = new CRC32C();
    private final SlotArena arena;
    private final SimdBackend backend;
    private final boolean forCompaction;
    private @Nullable PageCodec lz4;
    private @Nullable PageCodec zstd;
    private int chunk = SlotArena.NONE;
    private int top;

    Lane(int number, SlotArena arena, SimdBackend backend, boolean forCompaction) {
        this.number = number;
        this.arena = arena;
        this.backend = backend;
        this.forCompaction = forCompaction;
        sameFill = SameFill.create(backend);
        packer = new PagePacker(backend);
    }

    /** The codec that decodes slots of a {@link PageEntry} kind, or null if there is none. */
    @Nullable PageCodec decoder(int kind) {
        return switch (kind) {
            case PageEntry.LZ4 -> {
                PageCodec current = lz4;
                if (current == null) {
                    lz4 = current = PageCodecs.createForStore(Algorithm.LZ4, backend);
                }
                yield current;
            }
            case PageEntry.ZSTD -> {
                PageCodec current = zstd;
                if (current == null) {
                    zstd = current = PageCodecs.createForStore(Algorithm.zstd(1), backend);
                }
                yield current;
            }
            default -> null;
        };
    }

    /** CRC32C of the first {@code length} packed bytes. */
    int crc32c(int length) {
        crc32c.reset();
        crc32c.update(packed, 0, length);
        return (int) crc32c.getValue();
    }

    /**
     * Cuts a slot from the lane's chunk, taking a new chunk when it is full.
     *
     * @return the slot's address, or {@link SlotArena#NONE}
     */
    long allocate(int slotBytes) {
        if (chunk == SlotArena.NONE || top + slotBytes > SlotArena.CHUNK) {
            int next = arena.openChunk(forCompaction);
            if (next == SlotArena.NONE) {
                return SlotArena.NONE;
            }
            sealChunk();
            chunk = next;
        }
        long address = SlotArena.chunkAddress(chunk) + top;
        top += slotBytes;
        return address;
    }

    /** Bytes left in the lane's chunk. */
    int openBytes() {
        return chunk == SlotArena.NONE ? 0 : SlotArena.CHUNK - top;
    }

    /** Takes back the last slot cut, which was not published. */
    void undoAllocate(int slotBytes) {
        top -= slotBytes;
    }

    /** Gives up the lane's chunk, so that it can be emptied and reused. */
    void sealChunk() {
        if (chunk != SlotArena.NONE) {
            arena.seal(chunk, top);
            chunk = SlotArena.NONE;
            top = 0;
        }
    }
}
