package io.trueno.zram.engine.store;

import io.trueno.zram.engine.codec.zstd.ZstdClusterCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's slot, brought in from the arena or on its way there: a few neighbouring pages packed
 * together.
 *
 * <pre>
 * offset   bytes  field, little-endian
 *      0       4  CRC32C of all that follows, mixed with the dictionary's
 *      4       6  number of the first page
 *     10       1  count of pages, 2 to 8
 *     11       1  number of the dictionary, or 255 for none
 *     12       2  length of the packed bytes
 *     14     c-1  each further page's number less the first one's, 1 to 255
 *   13+c       n  packed bytes
 * 13+c+n       -  padding to a multiple of 4 bytes times the count
 * </pre>
 *
 * Every page's entry names the slot's address, the page's place in it, and its share: the slot's
 * length over the count. A page that leaves the cluster gives its share back, and the slot is free
 * when all have left; so nothing in it ever changes, and nobody counts.
 *
 * <p>For one thread at a time.
 */
final class ClusterSlot {
    static final int MOST_PAGES = ZstdClusterCodec.MAX_PAGES;
    static final int LONGEST_DISTANCE = 255;
    static final int NO_DICTIONARY = 255;

    /** Bytes that packed bytes may have at most; they must fit the greatest share. */
    static final int MOST_PACKED_BYTES = MOST_PAGES * (PageEntry.MOST_SHARE - Integer.BYTES);

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt CHECKSUM =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int CHECKSUM_BYTES = 4;
    private static final int FIRST_AT = 0;
    private static final int FIRST_HIGH_AT = 4;
    private static final int COUNT_AT = 6;
    private static final int DICTIONARY_AT = 7;
    private static final int LENGTH_AT = 8;
    private static final int DISTANCES_AT = 10;
    private static final int CHECKSUM_SEED = 0x636C7573;

    final byte[] packed = new byte[ZstdClusterCodec.PACKED_CAPACITY];
    private final byte[] header = new byte[DISTANCES_AT + MOST_PAGES - 1];
    private final CRC32C crc32c = new CRC32C();

    /**
     * Brings a cluster in and verifies it.
     *
     * @param address of an intact entry, {@code share} of the same
     * @return whether it is undamaged
     */
    boolean load(MemorySegment slots, long address, int share, Dictionaries dictionaries) {
        long left = slots.byteSize() - address - CHECKSUM_BYTES;
        if (left < header.length) {
            return false;
        }
        MemorySegment.copy(
                slots, ValueLayout.JAVA_BYTE, address + CHECKSUM_BYTES, header, 0, header.length);
        if (count() < 2 || count() > MOST_PAGES || slotBytes(share) - CHECKSUM_BYTES > left) {
            return false;
        }
        int length = packedLength();
        if (share != share(count(), length) || headerBytes() + length > left) {
            return false;
        }
        MemorySegment.copy(
                slots,
                ValueLayout.JAVA_BYTE,
                address + CHECKSUM_BYTES + headerBytes(),
                packed,
                0,
                length);
        StoreDictionary dictionary = dictionary(dictionaries);
        return (dictionary != null || !needsDictionary())
                && slots.get(CHECKSUM, address) == checksum(dictionary);
    }

    /**
     * Describes a cluster whose packed bytes stand in {@link #packed}.
     *
     * @param pages their numbers, ascending, none further than {@link #LONGEST_DISTANCE} from the
     *     first
     */
    void describe(long[] pages, int count, @Nullable StoreDictionary dictionary, int length) {
        INT.set(header, FIRST_AT, (int) pages[0]);
        SHORT.set(header, FIRST_HIGH_AT, (short) (pages[0] >>> Integer.SIZE));
        header[COUNT_AT] = (byte) count;
        header[DICTIONARY_AT] = (byte) (dictionary == null ? NO_DICTIONARY : dictionary.number);
        SHORT.set(header, LENGTH_AT, (short) length);
        for (int i = 1; i < count; i++) {
            header[DISTANCES_AT + i - 1] = (byte) (pages[i] - pages[0]);
        }
    }

    /** Stores what {@link #describe} described. */
    void store(MemorySegment slots, long address, @Nullable StoreDictionary dictionary) {
        slots.set(CHECKSUM, address, checksum(dictionary));
        long at = address + CHECKSUM_BYTES;
        MemorySegment.copy(header, 0, slots, ValueLayout.JAVA_BYTE, at, headerBytes());
        MemorySegment.copy(
                packed, 0, slots, ValueLayout.JAVA_BYTE, at + headerBytes(), packedLength());
    }

    private int checksum(@Nullable StoreDictionary dictionary) {
        crc32c.reset();
        crc32c.update(header, 0, headerBytes());
        crc32c.update(packed, 0, packedLength());
        int salt = dictionary == null ? 0 : dictionary.salt;
        return (int) crc32c.getValue() ^ CHECKSUM_SEED ^ salt;
    }

    int count() {
        return header[COUNT_AT];
    }

    int packedLength() {
        return (short) SHORT.get(header, LENGTH_AT) & 0xFFFF;
    }

    /** The number of the page at a place, 0 to {@link #count} - 1. */
    long page(int place) {
        long first =
                ((int) INT.get(header, FIRST_AT) & 0xFFFF_FFFFL)
                        | ((short) SHORT.get(header, FIRST_HIGH_AT) & 0xFFFFL) << Integer.SIZE;
        return place == 0 ? first : first + (header[DISTANCES_AT + place - 1] & 0xFF);
    }

    private boolean needsDictionary() {
        return header[DICTIONARY_AT] != (byte) NO_DICTIONARY;
    }

    /** The dictionary that the cluster needs; null if it needs none, or it is not there. */
    @Nullable StoreDictionary dictionary(Dictionaries dictionaries) {
        return dictionaries.get(header[DICTIONARY_AT]);
    }

    /** The number of a slot's dictionary, without bringing the slot in; -1 for none. */
    static int dictionaryNumber(MemorySegment slots, long address) {
        return slots.get(ValueLayout.JAVA_BYTE, address + CHECKSUM_BYTES + DICTIONARY_AT);
    }

    private int headerBytes() {
        return DISTANCES_AT + count() - 1;
    }

    /** Bytes of arena that the slot takes. */
    int slotBytes(int share) {
        return share * count();
    }

    /** A page's share of a slot in bytes. */
    static int share(int count, int packedLength) {
        int bytes = CHECKSUM_BYTES + DISTANCES_AT + count - 1 + packedLength;
        int unit = count * PageEntry.ADDRESS_UNIT;
        return (bytes + unit - 1) / unit * PageEntry.ADDRESS_UNIT;
    }
}
