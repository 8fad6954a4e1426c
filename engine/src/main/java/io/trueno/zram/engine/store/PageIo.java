package io.trueno.zram.engine.store;

import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.SameFill;
import io.trueno.zram.engine.codec.PageCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one page through a lane that the caller holds: between the table's entries, the
 * arena's slots and the codecs.
 */
final class PageIo {
    private static final ValueLayout.OfInt CHECKSUM =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final String device;
    private final PageTable table;
    private final AccessTimes access;
    private final Dictionaries dictionaries;
    private final SlotArena arena;
    private final MemorySegment slots;
    private final ClusterIo clusters;
    private final TwinIo twins;
    private volatile boolean verifiesChecksums = true;
    private volatile @Nullable Backing backing;

    PageIo(
            String device,
            PageTable table,
            AccessTimes access,
            Dictionaries dictionaries,
            SlotArena arena) {
        this.device = device;
        this.table = table;
        this.access = access;
        this.dictionaries = dictionaries;
        this.arena = arena;
        slots = arena.segment();
        clusters = new ClusterIo(table, dictionaries, arena, this);
        twins = new TwinIo(table, dictionaries, arena, this);
    }

    ClusterIo clusters() {
        return clusters;
    }

    TwinIo twins() {
        return twins;
    }

    void verifyChecksums(boolean wanted) {
        verifiesChecksums = wanted;
    }

    /** Where pages that are written back lie; set before the first of them is published. */
    void backing(Backing wanted) {
        backing = wanted;
    }

    /** Whether the page takes arena memory. */
    boolean takesMemory(long page) {
        return PageEntry.isSlot(table.get(page));
    }

    /** Whether the page reads as zeros because nothing is stored. */
    boolean isHole(long page) {
        return table.get(page) == PageEntry.HOLE;
    }

    /** Reads a page as it is now. */
    void read(Lane lane, long page, MemorySegment target, long offset) {
        long entry = table.get(page);
        read(lane, page, entry, target, offset);
        if (PageEntry.kind(entry) == PageEntry.CLUSTER) {
            access.readInCluster(page);
        } else {
            access.read(page);
        }
    }

    /** Replaces a whole page. */
    void write(Lane lane, WriteMethod method, long page, MemorySegment source, long offset) {
        replace(lane, page, pack(lane, method, page, source, offset));
    }

    /** Makes a page a hole; whether it was none before. */
    boolean discard(Lane lane, long page) {
        if (isHole(page)) {
            return false;
        }
        replace(lane, page, PageEntry.HOLE);
        return true;
    }

    /** Replaces a whole page by zeros, which take no slot. */
    void writeZeroes(Lane lane, long page) {
        replace(lane, page, PageEntry.fill(0, page));
    }

    /** Replaces {@code bytes} bytes of a page at {@code inPage}. */
    void writePart(
            Lane lane,
            WriteMethod method,
            long page,
            int inPage,
            MemorySegment source,
            long from,
            int bytes) {
        long entry;
        do {
            entry = table.get(page);
            read(lane, page, entry, lane.page, 0);
            MemorySegment.copy(source, from, lane.page, inPage, bytes);
        } while (!replaceUnchanged(lane, method, page, entry));
    }

    /** Zeroes {@code bytes} bytes of a page at {@code inPage}; a hole stays one. */
    void zeroPart(Lane lane, WriteMethod method, long page, int inPage, int bytes) {
        long entry;
        do {
            entry = table.get(page);
            if (entry == PageEntry.HOLE) {
                return;
            }
            read(lane, page, entry, lane.page, 0);
            lane.page.asSlice(inPage, bytes).fill((byte) 0);
        } while (!replaceUnchanged(lane, method, page, entry));
    }

    /**
     * Moves a page's slot elsewhere as it is, unless the page is written meanwhile.
     *
     * @return whether there was memory to move it to
     */
    boolean move(Lane lane, long page, long entry) {
        if (!PageEntry.isIntactSlot(entry, slots.byteSize())) {
            return true; // what it pointed to cannot be told
        }
        if (PageEntry.kind(entry) == PageEntry.CLUSTER) {
            return clusters.move(lane, page, entry);
        }
        if (PageEntry.kind(entry) == PageEntry.TWIN) {
            return twins.move(lane, page, entry);
        }
        int slotBytes = PageEntry.slotBytes(entry);
        long address = lane.allocate(slotBytes);
        if (address == SlotArena.NONE) {
            return false;
        }
        MemorySegment.copy(slots, PageEntry.address(entry), slots, address, slotBytes);
        long moved = PageEntry.slot(PageEntry.kind(entry), PageEntry.packedLength(entry), address);
        if (table.compareAndSet(page, entry, moved)) {
            arena.free(PageEntry.address(entry), slotBytes);
        } else {
            lane.undoAllocate(slotBytes);
        }
        return true;
    }

    /**
     * Puts the lane's packed bytes in the place of what a page is packed as now, unless the page is
     * written meanwhile.
     *
     * @param entry of the page, loaded since the caller took the lane
     * @param kind of the packed bytes, {@code length} of them
     * @return whether it was done
     * @throws BlockIoException.OutOfSpace if there is no memory
     */
    boolean repack(Lane lane, long page, long entry, int kind, int length) {
        long repacked = storeSlot(lane, page, kind, length);
        if (replaceIf(lane, page, entry, repacked)) {
            return true;
        }
        lane.undoAllocate(SlotLayout.slotBytes(length));
        return false;
    }

    /** Has the background look at a page again. */
    void unsettle(long page) {
        access.unsettle(page);
    }

    /** Publishes another form of the same page, unless the page was written meanwhile. */
    boolean replaceIf(Lane lane, long page, long expected, long entry) {
        if (!table.compareAndSet(page, expected, entry)) {
            return false;
        }
        account(lane, entry, 1);
        release(lane, page, expected);
        return true;
    }

    private void replace(Lane lane, long page, long entry) {
        long old = table.exchange(page, entry);
        access.written(page);
        account(lane, entry, 1);
        release(lane, page, old);
    }

    /** Publishes the lane's page unless another write has replaced {@code expected}. */
    private boolean replaceUnchanged(Lane lane, WriteMethod method, long page, long expected) {
        long entry = pack(lane, method, page, lane.page, 0);
        if (replaceIf(lane, page, expected, entry)) {
            access.written(page);
            return true;
        }
        if (PageEntry.isSlot(entry)) {
            lane.undoAllocate(PageEntry.slotBytes(entry));
        }
        return false;
    }

    /** Frees what an entry that is no longer in the table pointed to. */
    private void release(Lane lane, long page, long entry) {
        if (!isIntact(entry, page)) {
            lane.counters.add(Counters.DAMAGED_ENTRIES, 1);
            return; // what it pointed to cannot be told; the next start finds what is unused
        }
        account(lane, entry, -1);
        if (PageEntry.isMember(entry)) {
            arena.free(PageEntry.address(entry), PageEntry.share(entry)); // leaves no hole
        } else if (PageEntry.isSlot(entry)) {
            lane.free(PageEntry.address(entry), PageEntry.slotBytes(entry));
        } else if (backing != null && PageEntry.kind(entry) == PageEntry.BACKED) {
            backing.free(PageEntry.address(entry), PageEntry.packedLength(entry));
        }
    }

    boolean isIntact(long entry, long page) {
        return entry == PageEntry.HOLE
                || (PageEntry.kind(entry) == PageEntry.FILL
                        ? PageEntry.isIntactFill(entry, page)
                        : PageEntry.kind(entry) == PageEntry.BACKED
                                ? PageEntry.isIntactBacked(entry)
                                : PageEntry.isIntactSlot(entry, slots.byteSize()));
    }

    /**
     * Takes over what an earlier process stored: counts every page and its slot. A damaged entry
     * stays as it is, and its page unreadable.
     */
    void adopt(Lane lane) {
        for (long page = 0; page < table.pages(); page++) {
            long entry = table.get(page);
            if (entry == PageEntry.HOLE) {
                continue;
            }
            if (!isIntact(entry, page)) {
                lane.counters.add(Counters.DAMAGED_ENTRIES, 1);
                continue;
            }
            account(lane, entry, 1);
            if (PageEntry.isSlot(entry)) {
                arena.adopt(PageEntry.address(entry), PageEntry.slotBytes(entry));
            } else if (backing != null && PageEntry.kind(entry) == PageEntry.BACKED) {
                backing.adopt(PageEntry.address(entry), PageEntry.packedLength(entry));
            }
        }
        arena.adopted();
    }

    private static void account(Lane lane, long entry, int sign) {
        if (entry == PageEntry.HOLE) {
            return;
        }
        int kind = PageEntry.kind(entry);
        lane.counters.count(kind, kind == PageEntry.FILL ? 0 : PageEntry.packedLength(entry), sign);
        if (kind == PageEntry.RAW && sign > 0) {
            lane.counters.add(Counters.HUGE_PAGES_SINCE, 1);
        }
    }

    /** Reads a page as an entry has it, which was loaded since the caller took the lane. */
    void read(Lane lane, long page, long entry, MemorySegment target, long offset) {
        if (entry == PageEntry.HOLE) {
            lane.sameFill().expand(0, target, offset);
            return;
        }
        int kind = PageEntry.kind(entry);
        if (kind == PageEntry.FILL) {
            if (!PageEntry.isIntactFill(entry, page)) {
                throw damaged(page, "its table entry is damaged");
            }
            lane.sameFill().expand(PageEntry.fillWord(entry), target, offset);
            return;
        }
        if (kind == PageEntry.CLUSTER) {
            readMember(lane, page, entry, target, offset);
            return;
        }
        int length = PageEntry.packedLength(entry);
        if (kind == PageEntry.BACKED) {
            kind = loadRecord(lane, page, entry);
        } else if (kind == PageEntry.TWIN) {
            TwinSlot twin = loadTwin(lane, page, entry);
            kind = twin.kind();
            length = twin.packedLength();
        } else {
            loadSlot(lane, page, entry);
        }
        if (kind == PageEntry.RAW) {
            MemorySegment.copy(lane.packed, 0, target, ValueLayout.JAVA_BYTE, offset, length);
            return;
        }
        if (kind == PageEntry.WORD) {
            long word = (long) WORD.get(lane.packed, 0);
            lane.sameFill().expand(word, target, offset);
            return;
        }
        try {
            if (kind == PageEntry.ZSTD_DICTIONARY) {
                dictionaryOf(lane, page, length)
                        .decompress(lane.packed, length - 1, target, offset);
                return;
            }
            PageCodec decoder = lane.decoder(kind);
            if (decoder == null) {
                throw damaged(page, "its table entry names no codec");
            }
            decoder.decompress(lane.packed, length, target, offset);
        } catch (CorruptPageException e) {
            throw damaged(page, "it does not decode at byte " + e.offset());
        }
    }

    private void readMember(Lane lane, long page, long entry, MemorySegment target, long offset) {
        if (!PageEntry.isIntactSlot(entry, slots.byteSize())) {
            throw damaged(page, "its table entry is damaged");
        }
        try {
            clusters.read(lane, page, entry, target, offset);
        } catch (CorruptPageException e) {
            throw damaged(page, "its cluster is damaged");
        }
    }

    private TwinSlot loadTwin(Lane lane, long page, long entry) {
        if (!PageEntry.isIntactSlot(entry, slots.byteSize())) {
            throw damaged(page, "its table entry is damaged");
        }
        TwinSlot twin = lane.twin();
        if (!twin.load(slots, entry, page, lane.packed, dictionaries)) {
            throw damaged(page, "the slot that it shares is damaged");
        }
        return twin;
    }

    /** Brings a slot's packed bytes into the lane, verified. */
    void loadSlot(Lane lane, long page, long entry) {
        int length = PageEntry.packedLength(entry);
        long address = PageEntry.address(entry);
        if (!PageEntry.isIntactSlot(entry, slots.byteSize())) {
            throw damaged(page, "its table entry is damaged");
        }
        MemorySegment.copy(
                slots, ValueLayout.JAVA_BYTE, address + SlotLayout.PACKED, lane.packed, 0, length);
        if (verifiesChecksums
                && slots.get(CHECKSUM, address + SlotLayout.CHECKSUM)
                        != checksum(lane, page, PageEntry.kind(entry), length)) {
            throw damaged(page, "its checksum does not match");
        }
    }

    /** A number that slots of the same kind, length and packed bytes have in common. */
    int contentTag(long page, long entry) {
        int kind = PageEntry.kind(entry);
        int length = PageEntry.packedLength(entry);
        int stored = slots.get(CHECKSUM, PageEntry.address(entry) + SlotLayout.CHECKSUM);
        return SlotLayout.checksum(stored, kind, length, page) + length;
    }

    /** Whether an intact entry's slot holds these packed bytes. */
    boolean slotEquals(long entry, MemorySegment packed, int length) {
        long at = PageEntry.address(entry) + SlotLayout.PACKED;
        return MemorySegment.mismatch(slots, at, at + length, packed, 0, length) < 0;
    }

    /** Brings the packed bytes of a page that is written back into the lane; gives their kind. */
    private int loadRecord(Lane lane, long page, long entry) {
        Backing from = backing;
        if (from == null || !PageEntry.isIntactBacked(entry)) {
            throw damaged(page, "its table entry is damaged");
        }
        int length = PageEntry.packedLength(entry);
        BackedRecord record = lane.record();
        try {
            from.read(page, PageEntry.address(entry), length, record);
        } catch (IOException e) {
            throw damaged(page, "it is written back and " + e.getMessage());
        }
        lane.counters.add(Counters.BD_READS, from.blocksRead(PageEntry.address(entry), length));
        record.unwrap(lane.packed, length);
        int kind = record.kind();
        if (record.checksum() != SlotLayout.checksum(lane.crc32c(length), kind, length, page)) {
            throw damaged(page, "its checksum on the backing device does not match");
        }
        return kind;
    }

    /** The checksum of the lane's packed bytes, and of the dictionary that they need. */
    private int checksum(Lane lane, long page, int kind, int length) {
        int checksum = SlotLayout.checksum(lane.crc32c(length), kind, length, page);
        return kind == PageEntry.ZSTD_DICTIONARY
                ? checksum ^ dictionaryOf(lane, page, length).salt
                : checksum;
    }

    private StoreDictionary dictionaryOf(Lane lane, long page, int length) {
        StoreDictionary dictionary = dictionaries.get(lane.packed[length - 1]);
        if (dictionary == null) {
            throw damaged(page, "its dictionary is missing or damaged");
        }
        return dictionary;
    }

    /** Adds one to {@code users} for the dictionary that a page needs, if it needs one. */
    void countDictionaryUser(long page, long[] users) {
        long entry = table.get(page);
        int kind = PageEntry.kind(entry);
        boolean may = kind == PageEntry.ZSTD_DICTIONARY || PageEntry.isMember(entry);
        if (may && PageEntry.isIntactSlot(entry, slots.byteSize())) {
            long address = PageEntry.address(entry);
            long last = SlotLayout.PACKED + PageEntry.packedLength(entry) - 1L;
            int number =
                    switch (kind) {
                        case PageEntry.CLUSTER -> ClusterSlot.dictionaryNumber(slots, address);
                        case PageEntry.TWIN -> TwinSlot.dictionaryNumber(slots, address);
                        default -> slots.get(ValueLayout.JAVA_BYTE, address + last);
                    };
            if (number >= 0 && number < users.length) {
                users[number]++;
            }
        }
    }

    private BlockIoException damaged(long page, String how) {
        return new BlockIoException.StoreFailure(
                "page cannot be read, " + how + ": device=" + device + " page=" + page);
    }

    /** Packs a page into a fresh slot, if it needs one, and gives the entry to publish. */
    private long pack(Lane lane, WriteMethod method, long page, MemorySegment source, long offset) {
        if (lane.sameFill().isSameFilled(source, offset)) {
            return sameFilled(lane, page, SameFill.wordOf(source, offset));
        }
        int length = lane.packer.pack(method, source, offset, lane.packed);
        return storeSlot(lane, page, lane.packer.kind(), length);
    }

    private long sameFilled(Lane lane, long page, long word) {
        if (PageEntry.fitsFill(word)) {
            return PageEntry.fill(word, page);
        }
        WORD.set(lane.packed, 0, word);
        return storeSlot(lane, page, PageEntry.WORD, Long.BYTES);
    }

    BlockIoException.OutOfSpace outOfSpace() {
        return new BlockIoException.OutOfSpace(
                "no memory for a page: device="
                        + device
                        + " mem_limit="
                        + arena.limitBytes()
                        + ": raise mem_limit or free space");
    }

    /** Copies the lane's packed bytes to a fresh slot. */
    private long storeSlot(Lane lane, long page, int kind, int length) {
        int slotBytes = SlotLayout.slotBytes(length);
        long address = lane.allocate(slotBytes);
        if (address == SlotArena.NONE) {
            throw outOfSpace();
        }
        slots.set(CHECKSUM, address + SlotLayout.CHECKSUM, checksum(lane, page, kind, length));
        MemorySegment.copy(
                lane.packed, 0, slots, ValueLayout.JAVA_BYTE, address + SlotLayout.PACKED, length);
        return PageEntry.slot(kind, length, address);
    }
}
