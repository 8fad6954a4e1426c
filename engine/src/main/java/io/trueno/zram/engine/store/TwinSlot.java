package io.trueno.zram.engine.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The description of a slot that pages of the same content have together, wherever they lie on the
 * device, brought in from the arena or on its way there.
 *
 * <pre>
 * offset   bytes  field, little-endian
 *      0       4  CRC32C of all that follows, mixed with the dictionary's
 *      4       1  count of pages, 2 to 8
 *      5       1  kind of the packed bytes, of {@link PageEntry}: the page's own before it shared
 *      6       2  length of the packed bytes
 *      8      6c  numbers of the pages
 *   8+6c       n  packed bytes
 * 8+6c+n       -  padding to a multiple of 4 bytes times the count
 * </pre>
 *
 * As with a {@link ClusterSlot}, an entry names the page's place and its share of the slot, a page
 * that is written gives its share back, and nothing in the slot ever changes: the table itself
 * counts the references, so that a crash cannot make them wrong.
 *
 * <p>For one thread at a time.
 */
final class TwinSlot {
    static final int MOST_PAGES = 8;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int COUNT_AT = 4;
    private static final int KIND_AT = 5;
    private static final int LENGTH_AT = 6;
    private static final int PAGES_AT = 8;
    private static final int PAGE_BYTES = 6;
    private static final int CHECKSUM_SEED = 0x7477696E;

    private final byte[] header = new byte[PAGES_AT + MOST_PAGES * PAGE_BYTES];
    private final MemorySegment fields = MemorySegment.ofArray(header);
    private final CRC32C crc32c = new CRC32C();

    /** Whether slots of a kind can be shared: those that are a page's alone, and packed. */
    static boolean isSharable(int kind) {
        return switch (kind) {
            case PageEntry.RAW, PageEntry.LZ4, PageEntry.ZSTD, PageEntry.ZSTD_DICTIONARY -> true;
            default -> false;
        };
    }

    /**
     * Brings a slot in and verifies it.
     *
     * @param entry of {@code page}, an intact one
     * @param packed takes the packed bytes from index 0
     * @return whether it is undamaged, and the page's
     */
    boolean load(
            MemorySegment slots, long entry, long page, byte[] packed, Dictionaries dictionaries) {
        long address = PageEntry.address(entry);
        if (slots.byteSize() - address < header.length) {
            return false;
        }
        MemorySegment.copy(slots, ValueLayout.JAVA_BYTE, address, header, 0, header.length);
        int count = count();
        int length = packedLength();
        if (count < 2
                || count > MOST_PAGES
                || PageEntry.place(entry) >= count
                || length < 1
                || length > packed.length
                || PageEntry.share(entry) != share(count, length)
                || headerBytes() + length > slots.byteSize() - address
                || page(PageEntry.place(entry)) != page) {
            return false;
        }
        MemorySegment.copy(
                slots, ValueLayout.JAVA_BYTE, address + headerBytes(), packed, 0, length);
        if (!isSharable(kind())) {
            return false;
        }
        StoreDictionary dictionary = null;
        if (kind() == PageEntry.ZSTD_DICTIONARY) {
            dictionary = dictionaries.get(packed[length - 1]);
            if (dictionary == null) {
                return false;
            }
        }
        return fields.get(INT, 0) == checksum(packed, dictionary);
    }

    /** Describes a slot of so many pages, the first of {@code pages}. */
    void describe(long[] pages, int count, int kind, int packedLength) {
        header[COUNT_AT] = (byte) count;
        header[KIND_AT] = (byte) kind;
        fields.set(SHORT, LENGTH_AT, (short) packedLength);
        for (int place = 0; place < count; place++) {
            long at = PAGES_AT + (long) place * PAGE_BYTES;
            fields.set(INT, at, (int) pages[place]);
            fields.set(SHORT, at + Integer.BYTES, (short) (pages[place] >>> Integer.SIZE));
        }
    }

    /**
     * Stores what {@link #describe} described.
     *
     * @param dictionary that the packed bytes need, or null
     */
    void store(
            MemorySegment slots,
            long address,
            byte[] packed,
            @Nullable StoreDictionary dictionary) {
        fields.set(INT, 0, checksum(packed, dictionary));
        MemorySegment.copy(header, 0, slots, ValueLayout.JAVA_BYTE, address, headerBytes());
        MemorySegment.copy(
                packed, 0, slots, ValueLayout.JAVA_BYTE, address + headerBytes(), packedLength());
    }

    private int checksum(byte[] packed, @Nullable StoreDictionary dictionary) {
        crc32c.reset();
        crc32c.update(header, COUNT_AT, headerBytes() - COUNT_AT);
        crc32c.update(packed, 0, packedLength());
        int salt = dictionary == null ? 0 : dictionary.salt;
        return (int) crc32c.getValue() ^ CHECKSUM_SEED ^ salt;
    }

    int count() {
        return header[COUNT_AT];
    }

    /** What the packed bytes are. */
    int kind() {
        return header[KIND_AT];
    }

    int packedLength() {
        return fields.get(SHORT, LENGTH_AT) & 0xFFFF;
    }

    /** The number of the page at a place, 0 to {@link #count} - 1. */
    long page(int place) {
        long at = PAGES_AT + (long) place * PAGE_BYTES;
        return (fields.get(INT, at) & 0xFFFF_FFFFL)
                | (fields.get(SHORT, at + Integer.BYTES) & 0xFFFFL) << Integer.SIZE;
    }

    private int headerBytes() {
        return PAGES_AT + count() * PAGE_BYTES;
    }

    /** A page's share of a slot in bytes. */
    static int share(int count, int packedLength) {
        int bytes = PAGES_AT + count * PAGE_BYTES + packedLength;
        int unit = count * PageEntry.ADDRESS_UNIT;
        return (bytes + unit - 1) / unit * PageEntry.ADDRESS_UNIT;
    }

    /** The number of a slot's dictionary, without bringing the slot in; -1 for none. */
    static int dictionaryNumber(MemorySegment slots, long address) {
        if (slots.get(ValueLayout.JAVA_BYTE, address + KIND_AT) != PageEntry.ZSTD_DICTIONARY) {
            return -1;
        }
        int count = slots.get(ValueLayout.JAVA_BYTE, address + COUNT_AT);
        int length = slots.get(SHORT, address + LENGTH_AT) & 0xFFFF;
        long last = address + PAGES_AT + (long) count * PAGE_BYTES + length - 1;
        return last < address || last >= slots.byteSize()
                ? -1
                : slots.get(ValueLayout.JAVA_BYTE, last);
    }
}
