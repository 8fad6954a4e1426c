package io.trueno.zram.engine.store;

import io.trueno.zram.engine.BlockIoException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Finds pages of the same content, beyond same-filled ones, and has up to eight of them share a
 * slot ({@link TwinSlot}). On request only: real pages have few twins, and looking for them costs a
 * look into every slot.
 *
 * <p>Candidates are found by the checksums that slots have anyway, sorted, so nothing is unpacked:
 * equal pages that were packed in different ways are not found. Candidates are compared byte by
 * byte before they share. Takes eight bytes of heap for each stored page while it runs, on its
 * caller's thread; requests go on, and any write wins.
 */
final class Deduplicator {
    /** Pages looked at before the lane is given back. */
    private static final int PAGES_PER_HOLD = 256;

    private final PageTable table;
    private final PageIo io;
    private final RepackTools tools;
    private final BooleanSupplier isClosed;
    private final long[] pages = new long[TwinSlot.MOST_PAGES];
    private final long[] entries = new long[TwinSlot.MOST_PAGES];
    private long shared;
    private long saved;

    /**
     * @param isClosed whether the store is about to close, so that this shall end early
     */
    Deduplicator(PageTable table, PageIo io, RepackTools tools, BooleanSupplier isClosed) {
        this.table = table;
        this.io = io;
        this.tools = tools;
        this.isClosed = isClosed;
    }

    /** Looks at all pages once. */
    Deduplication run() {
        long[] candidates = candidates();
        Arrays.sort(candidates);
        int from = 0;
        while (from < candidates.length && !isClosed.getAsBoolean()) {
            int end = from + 1;
            while (end < candidates.length && tag(candidates[end]) == tag(candidates[from])) {
                end++;
            }
            for (int at = from; end - at > 1 && at < end; at += TwinSlot.MOST_PAGES) {
                if (!share(candidates, at, Math.min(end, at + TwinSlot.MOST_PAGES))) {
                    return new Deduplication(shared, saved);
                }
            }
            from = end;
        }
        return new Deduplication(shared, saved);
    }

    /** What equal pages have in common, in the upper half of a candidate; the page in the lower. */
    private static int tag(long candidate) {
        return (int) (candidate >>> Integer.SIZE);
    }

    private static long page(long candidate) {
        return candidate & 0xFFFF_FFFFL;
    }

    private long[] candidates() {
        long end = Math.min(table.pages(), 1L << Integer.SIZE);
        long[] found = new long[1024];
        int count = 0;
        Lane lane = tools.lane();
        for (long from = 0; from < end && !isClosed.getAsBoolean(); from += PAGES_PER_HOLD) {
            tools.epochs().enter(lane.number);
            try {
                for (long page = from; page < Math.min(end, from + PAGES_PER_HOLD); page++) {
                    long entry = table.get(page);
                    if (TwinSlot.isSharable(PageEntry.kind(entry)) && io.isIntact(entry, page)) {
                        if (count == found.length) {
                            found = Arrays.copyOf(found, 2 * count);
                        }
                        found[count++] = (long) io.contentTag(page, entry) << Integer.SIZE | page;
                    }
                }
            } finally {
                tools.epochs().exit(lane.number);
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Has those candidates share that equal the first; false if there is no memory. */
    private boolean share(long[] candidates, int from, int end) {
        Lane lane = tools.lane();
        tools.epochs().enter(lane.number);
        try {
            if (!tools.hasRoomToMove(end - from)) {
                return false;
            }
            long before = 0;
            int count = 0;
            int kind = 0;
            int length = 0;
            for (int i = from; i < end; i++) {
                long page = page(candidates[i]);
                long entry = table.get(page);
                if (!TwinSlot.isSharable(PageEntry.kind(entry)) || !io.isIntact(entry, page)) {
                    continue; // written in the meantime
                }
                if (count == 0) {
                    io.loadSlot(lane, page, entry);
                    kind = PageEntry.kind(entry);
                    length = PageEntry.packedLength(entry);
                } else if (PageEntry.kind(entry) != kind
                        || PageEntry.packedLength(entry) != length
                        || !io.slotEquals(entry, MemorySegment.ofArray(lane.packed), length)) {
                    continue;
                }
                pages[count] = page;
                entries[count++] = entry;
                before += PageEntry.slotBytes(entry);
            }
            long after = count < 2 ? before : (long) TwinSlot.share(count, length) * count;
            if (after < before) {
                int put = io.twins().create(lane, pages, entries, count, kind, length);
                shared += put;
                saved += put == 0 ? 0 : before - after;
            }
            return true;
        } catch (BlockIoException.StoreFailure e) {
            return true; // damaged: whoever reads it will be told
        } catch (BlockIoException.OutOfSpace e) {
            return false;
        } finally {
            tools.epochs().exit(lane.number);
        }
    }
}
