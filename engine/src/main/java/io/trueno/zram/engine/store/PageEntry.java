package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import org.jspecify.annotations.Nullable;

/**
 * The 64-bit page table entry: where and how one page is kept. Zero is a hole: never written, or
 * discarded.
 *
 * <pre>
 * slot entry    63..60 kind   59..47 packed length, 1..4096   46..40 check   39..0 slot address / 4
 * backed        63..60 kind   59..47 packed length, 1..4096   46..40 check   39..0 record address / 4
 * member entry  63..60 kind   59..57 place   56..47 share / 4   46..40 check   39..0 slot address / 4
 * fill entry    63..60 FILL   59 form   58..32 check          31..0 value
 * </pre>
 *
 * A fill entry holds the repeated 8-byte word of a same-filled page when 32 bits tell it: either
 * both halves are {@code value}, or it is {@code value} sign-extended. Other words take a slot of
 * eight bytes. The checks tell a damaged entry from a sound one, so that nothing is believed, or
 * freed, on its word: a slot entry's notices any single flipped bit, before the checksum in the
 * slot has its say; a fill entry's, which is all there is of its page, also any other damage but
 * for one case in 2^27.
 */
final class PageEntry {
    static final long HOLE = 0;

    /** Stored as it is. */
    static final int RAW = 1;

    static final int LZ4 = 2;

    /** Zstandard blocks without a frame or a dictionary. */
    static final int ZSTD = 3;

    /** Zstandard blocks that need a dictionary, then one byte that is the dictionary's number. */
    static final int ZSTD_DICTIONARY = 4;

    /** One page of a {@link TwinSlot}. */
    static final int TWIN = 6;

    /** Written back: the packed bytes are in a record of the {@link Backing} device. */
    static final int BACKED = 13;

    /** One page of a {@link ClusterSlot}. */
    static final int CLUSTER = 5;

    /** The 8-byte word of a same-filled page that a fill entry cannot hold. */
    static final int WORD = 14;

    static final int FILL = 15;

    /** Kinds are less than this. */
    static final int KINDS = 16;

    /** Slot addresses are multiples of this. */
    static final int ADDRESS_UNIT = 4;

    /** Bytes of arena that an address can reach: 4 TiB. */
    static final long ADDRESS_SPACE = (1L << 40) * ADDRESS_UNIT;

    /** Greatest share of a slot that several pages have, in bytes. */
    static final int MOST_SHARE = ((1 << 10) - 1) * ADDRESS_UNIT;

    private static final int PLACE_SHIFT = 10;
    private static final int SHARE_MASK = (1 << PLACE_SHIFT) - 1;
    private static final int KIND_SHIFT = 60;
    private static final int LENGTH_SHIFT = 47;
    private static final int LENGTH_MASK = (1 << 13) - 1;
    private static final long ADDRESS_MASK = (1L << 40) - 1;
    private static final int SLOT_CHECK_SHIFT = 40;
    private static final int SLOT_CHECK_BITS = 7;
    private static final long SLOT_CHECK_MASK = (1L << SLOT_CHECK_BITS) - 1;
    private static final long EXTENDED = 1L << 59;
    private static final int CHECK_SHIFT = 32;
    private static final long CHECK_MASK = (1L << 27) - 1;

    private PageEntry() {}

    /** The codec of a kind of slot, as statistics name it; null for other kinds. */
    static @Nullable String codecOf(int kind) {
        return switch (kind) {
            case RAW -> "none";
            case LZ4 -> "lz4";
            case ZSTD -> "zstd";
            case ZSTD_DICTIONARY -> "zstd-dictionary";
            case BACKED -> "written-back";
            case CLUSTER -> "zstd-cluster";
            case TWIN -> "twin";
            default -> null;
        };
    }

    /** The kind of slot for what an algorithm packs; the decoder tells those of Zstandard apart. */
    static int kindOf(Algorithm algorithm) {
        return switch (algorithm.kind()) {
            case LZ4, LZ4HC -> LZ4;
            case ZSTD, ZSTD_STATIC -> ZSTD;
            case NONE, SAME_FILL, ADAPTIVE ->
                    throw new IllegalArgumentException("packs nothing: algorithm=" + algorithm);
        };
    }

    static int kind(long entry) {
        return (int) (entry >>> KIND_SHIFT);
    }

    /** Whether an entry points to a slot of the arena. */
    static boolean isSlot(long entry) {
        int kind = kind(entry);
        return kind != 0 && kind != FILL && kind != BACKED;
    }

    /** Whether an entry is of one of several pages that have a slot together. */
    static boolean isMember(long entry) {
        return kind(entry) == CLUSTER || kind(entry) == TWIN;
    }

    /**
     * @param address in bytes from the arena's start, a multiple of {@link #ADDRESS_UNIT}
     */
    static long slot(int kind, int packedLength, long address) {
        long entry =
                (long) kind << KIND_SHIFT
                        | (long) packedLength << LENGTH_SHIFT
                        | address / ADDRESS_UNIT;
        return entry | slotCheck(entry) << SLOT_CHECK_SHIFT;
    }

    /** Whether the entry of a page that is written back is undamaged. */
    static boolean isIntactBacked(long entry) {
        return isIntactSlot(entry, ADDRESS_SPACE);
    }

    /** Whether a slot entry is undamaged and its slot lies in an arena of {@code arenaBytes}. */
    static boolean isIntactSlot(long entry, long arenaBytes) {
        int bytes = slotBytes(entry);
        return ((entry >>> SLOT_CHECK_SHIFT) & SLOT_CHECK_MASK)
                        == slotCheck(entry & ~(SLOT_CHECK_MASK << SLOT_CHECK_SHIFT))
                && bytes >= 1
                && bytes <= SlotLayout.slotBytes(Pages.SIZE)
                && (isMember(entry) || packedLength(entry) >= 1)
                && address(entry) <= arenaBytes - bytes;
    }

    /** Every bit of the entry goes into exactly one bit of the check. */
    private static long slotCheck(long entry) {
        long z = entry ^ (entry >>> 56);
        z ^= z >>> 28;
        z ^= z >>> 14;
        z ^= z >>> SLOT_CHECK_BITS;
        return ~z & SLOT_CHECK_MASK;
    }

    /**
     * The entry of one of several pages that have a slot together.
     *
     * @param kind {@link #CLUSTER} or {@link #TWIN}
     * @param place of the page in it, 0 to 7
     * @param share of the slot in bytes, a multiple of {@link #ADDRESS_UNIT}
     * @param address of the slot
     */
    static long member(int kind, int place, int share, long address) {
        return slot(kind, place << PLACE_SHIFT | share / ADDRESS_UNIT, address);
    }

    /** Of a {@link #isMember member}: the page's place. */
    static int place(long entry) {
        return field(entry) >>> PLACE_SHIFT;
    }

    /** Of a {@link #isMember member}: the page's share of the slot in bytes. */
    static int share(long entry) {
        return (field(entry) & SHARE_MASK) * ADDRESS_UNIT;
    }

    /** Bytes of arena that are free when a slot entry goes. */
    static int slotBytes(long entry) {
        return isMember(entry) ? share(entry) : SlotLayout.slotBytes(field(entry));
    }

    /** Packed bytes of a page; of a member its share. */
    static int packedLength(long entry) {
        return isMember(entry) ? share(entry) : field(entry);
    }

    private static int field(long entry) {
        return (int) (entry >>> LENGTH_SHIFT) & LENGTH_MASK;
    }

    static long address(long entry) {
        return (entry & ADDRESS_MASK) * ADDRESS_UNIT;
    }

    /** Whether a fill entry can hold {@code word}. */
    static boolean fitsFill(long word) {
        return isRepeated(word) || isExtended(word);
    }

    private static boolean isRepeated(long word) {
        return (int) word == (int) (word >>> 32);
    }

    private static boolean isExtended(long word) {
        return word == (int) word;
    }

    /** The fill entry of a page; {@link #fitsFill} must hold. */
    static long fill(long word, long page) {
        long form = isRepeated(word) ? 0 : EXTENDED;
        long value = word & 0xFFFF_FFFFL;
        return (long) FILL << KIND_SHIFT | form | check(form, value, page) << CHECK_SHIFT | value;
    }

    /** Whether a fill entry is undamaged and belongs to {@code page}. */
    static boolean isIntactFill(long entry, long page) {
        long expected = check(entry & EXTENDED, entry & 0xFFFF_FFFFL, page);
        return ((entry >>> CHECK_SHIFT) & CHECK_MASK) == expected;
    }

    /** The 8-byte word that a fill entry repeats. */
    static long fillWord(long entry) {
        int value = (int) entry;
        return (entry & EXTENDED) != 0 ? value : (value & 0xFFFF_FFFFL) * 0x1_0000_0001L;
    }

    private static long check(long form, long value, long page) {
        return mix(mix(value | form) + page) & CHECK_MASK;
    }

    /** A finalizer with full avalanche: every input bit reaches every output bit. */
    static long mix(long z) {
        z = (z ^ (z >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
        z = (z ^ (z >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
        return z ^ (z >>> 32);
    }
}
