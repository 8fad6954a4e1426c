package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.SelectionPolicy;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Reads, makes, moves and dissolves clusters ({@link ClusterSlot}) through a lane that the caller
 * holds.
 */
final class ClusterIo {
    /** What a page is packed with that leaves a cluster because others have left it. */
    private static final WriteMethod ALONE =
            new WriteMethod(Algorithm.zstd(3), SelectionPolicy.RATIO);

    private final PageTable table;
    private final Dictionaries dictionaries;
    private final SlotArena arena;
    private final MemorySegment slots;
    private final PageIo io;

    ClusterIo(PageTable table, Dictionaries dictionaries, SlotArena arena, PageIo io) {
        this.table = table;
        this.dictionaries = dictionaries;
        this.arena = arena;
        this.io = io;
        slots = arena.segment();
    }

    /**
     * Reads one page of a cluster, for which those before it are unpacked too.
     *
     * @param entry an intact one, loaded since the caller took the lane
     * @throws CorruptPageException if the cluster is not what the entry says, or does not decode
     */
    void read(Lane lane, long page, long entry, MemorySegment target, long offset) {
        ClusterSlot cluster = lane.cluster();
        int place = PageEntry.place(entry);
        boolean sound =
                cluster.load(slots, PageEntry.address(entry), PageEntry.share(entry), dictionaries);
        if (!sound || place >= cluster.count() || cluster.page(place) != page) {
            throw new CorruptPageException(0, "its cluster is damaged");
        }
        unpack(lane, cluster, place, target, offset);
    }

    private void unpack(
            Lane lane, ClusterSlot cluster, int place, MemorySegment target, long offset) {
        StoreDictionary dictionary = cluster.dictionary(dictionaries);
        if (dictionary == null) {
            lane.clusterDecoder()
                    .decompressPage(
                            cluster.packed,
                            cluster.packedLength(),
                            cluster.count(),
                            place,
                            target,
                            offset);
        } else {
            dictionary.decompressMember(cluster, place, target, offset);
        }
    }

    /**
     * Puts a cluster, whose packed bytes stand in the lane's, in the place of what its pages are
     * packed as now; those that are written meanwhile stay out of it.
     *
     * @param entries of the pages, loaded since the caller took the lane
     * @return how many pages were put into it
     * @throws BlockIoException.OutOfSpace if there is no memory
     */
    int create(
            Lane lane,
            long[] pages,
            long[] entries,
            int count,
            @Nullable StoreDictionary dictionary,
            int packedLength) {
        int share = ClusterSlot.share(count, packedLength);
        long address = lane.allocate(share * count);
        if (address == SlotArena.NONE) {
            throw io.outOfSpace();
        }
        ClusterSlot cluster = lane.cluster();
        cluster.describe(pages, count, dictionary, packedLength);
        cluster.store(slots, address, dictionary);
        int put = 0;
        for (int place = 0; place < count; place++) {
            long member = PageEntry.member(PageEntry.CLUSTER, place, share, address);
            if (io.replaceIf(lane, pages[place], entries[place], member)) {
                put++;
            } else {
                arena.free(address, share);
            }
        }
        return put;
    }

    /**
     * Moves the cluster of a page elsewhere, unless pages have left it: then the others leave it
     * too.
     *
     * @param entry of the page, intact, loaded since the caller took the lane
     * @return whether there was memory to move it to
     */
    boolean move(Lane lane, long page, long entry) {
        ClusterSlot cluster = lane.cluster();
        int share = PageEntry.share(entry);
        if (!cluster.load(slots, PageEntry.address(entry), share, dictionaries)
                || PageEntry.place(entry) >= cluster.count()
                || cluster.page(PageEntry.place(entry)) != page) {
            return true; // damaged: what can be told of it stays where it is
        }
        int here = 0;
        for (int place = 0; place < cluster.count(); place++) {
            here += isHere(cluster, place, entry) ? 1 : 0;
        }
        return here == cluster.count()
                ? moveWhole(lane, cluster, entry)
                : dissolve(lane, cluster, entry);
    }

    /** Whether the page of a place is still in the cluster that {@code entry} is of. */
    private boolean isHere(ClusterSlot cluster, int place, long entry) {
        return table.get(cluster.page(place)) == member(entry, place, PageEntry.address(entry));
    }

    private static long member(long entry, int place, long address) {
        return PageEntry.member(PageEntry.CLUSTER, place, PageEntry.share(entry), address);
    }

    private boolean moveWhole(Lane lane, ClusterSlot cluster, long entry) {
        int share = PageEntry.share(entry);
        int slotBytes = share * cluster.count();
        long from = PageEntry.address(entry);
        long to = lane.allocate(slotBytes);
        if (to == SlotArena.NONE) {
            return false;
        }
        MemorySegment.copy(slots, from, slots, to, slotBytes);
        for (int place = 0; place < cluster.count(); place++) {
            long page = cluster.page(place);
            boolean moved =
                    table.compareAndSet(page, member(entry, place, from), member(entry, place, to));
            arena.free(moved ? from : to, share); // where the page is not
        }
        return true;
    }

    /**
     * Gives a page of a cluster a slot of its own, unless it is written meanwhile.
     *
     * @throws BlockIoException.StoreFailure if the page cannot be read
     * @throws BlockIoException.OutOfSpace if there is no memory
     */
    void takeOut(Lane lane, long page) {
        long entry = table.get(page);
        if (PageEntry.kind(entry) == PageEntry.CLUSTER) {
            io.read(lane, page, entry, lane.page, 0);
            alone(lane, page, entry, lane.packer.pack(ALONE, lane.page, 0, lane.packed));
        }
    }

    /** Publishes what the lane has packed of a page; there may be more to gain from it then. */
    private void alone(Lane lane, long page, long entry, int length) {
        if (io.repack(lane, page, entry, lane.packer.kind(), length)) {
            io.unsettle(page);
        }
    }

    private boolean dissolve(Lane lane, ClusterSlot cluster, long entry) {
        for (int place = 0; place < cluster.count(); place++) {
            if (isHere(cluster, place, entry)) {
                long member = member(entry, place, PageEntry.address(entry));
                try {
                    unpack(lane, cluster, place, lane.page, 0);
                    int length = lane.packer.pack(ALONE, lane.page, 0, lane.packed);
                    alone(lane, cluster.page(place), member, length);
                } catch (CorruptPageException e) {
                    return true; // checked out but does not decode: it stays where it is
                } catch (BlockIoException.OutOfSpace e) {
                    return false;
                }
            }
        }
        return true;
    }
}
