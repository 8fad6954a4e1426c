package io.trueno.zram.engine.store;

import io.trueno.zram.engine.BlockIoException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Makes and moves slots of twins ({@link TwinSlot}) through a lane that the caller holds. */
final class TwinIo {
    private final PageTable table;
    private final Dictionaries dictionaries;
    private final SlotArena arena;
    private final MemorySegment slots;
    private final PageIo io;

    TwinIo(PageTable table, Dictionaries dictionaries, SlotArena arena, PageIo io) {
        this.table = table;
        this.dictionaries = dictionaries;
        this.arena = arena;
        this.io = io;
        slots = arena.segment();
    }

    /**
     * Has pages, whose packed bytes stand in the lane and are the same, share a slot; those that
     * are written meanwhile stay out of it.
     *
     * @param entries of the pages, loaded since the caller took the lane
     * @param count 2 to {@link TwinSlot#MOST_PAGES}
     * @param kind of the packed bytes
     * @return how many pages share it
     * @throws BlockIoException.OutOfSpace if there is no memory
     */
    int create(Lane lane, long[] pages, long[] entries, int count, int kind, int length) {
        int share = TwinSlot.share(count, length);
        long address = lane.allocate(share * count);
        if (address == SlotArena.NONE) {
            throw io.outOfSpace();
        }
        TwinSlot twin = lane.twin();
        twin.describe(pages, count, kind, length);
        twin.store(slots, address, lane.packed, dictionary(lane, kind, length));
        int put = 0;
        for (int place = 0; place < count; place++) {
            long member = PageEntry.member(PageEntry.TWIN, place, share, address);
            if (io.replaceIf(lane, pages[place], entries[place], member)) {
                put++;
            } else {
                arena.free(address, share);
            }
        }
        return put;
    }

    private @Nullable StoreDictionary dictionary(Lane lane, int kind, int length) {
        return kind == PageEntry.ZSTD_DICTIONARY ? dictionaries.get(lane.packed[length - 1]) : null;
    }

    /**
     * Moves the slot of a page elsewhere, for those pages that still share it.
     *
     * @param entry of the page, intact, loaded since the caller took the lane
     * @return whether there was memory to move it to
     */
    boolean move(Lane lane, long page, long entry) {
        TwinSlot twin = lane.twin();
        if (!twin.load(slots, entry, page, lane.packed, dictionaries)) {
            return true; // damaged: what can be told of it stays where it is
        }
        long[] pages = new long[TwinSlot.MOST_PAGES];
        long[] entries = new long[TwinSlot.MOST_PAGES];
        int count = 0;
        for (int place = 0; place < twin.count(); place++) {
            long member =
                    PageEntry.member(
                            PageEntry.TWIN,
                            place,
                            PageEntry.share(entry),
                            PageEntry.address(entry));
            if (table.get(twin.page(place)) == member) {
                pages[count] = twin.page(place);
                entries[count++] = member;
            }
        }
        try {
            if (count == 1) {
                io.repack(lane, pages[0], entries[0], twin.kind(), twin.packedLength());
            } else if (count > 1) {
                create(lane, pages, entries, count, twin.kind(), twin.packedLength());
            }
            return true;
        } catch (BlockIoException.OutOfSpace e) {
            return false;
        }
    }
}
