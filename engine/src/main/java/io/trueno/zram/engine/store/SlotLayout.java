package io.trueno.zram.engine.store;

/**
 * A slot: what the arena keeps of one page.
 *
 * <pre>
 * offset  bytes  field
 *      0      4  checksum, little-endian: CRC32C of the packed bytes, mixed with page and entry
 *      4      n  packed bytes, n as in the page's entry
 *  4 + n    0-3  padding to {@link PageEntry#ADDRESS_UNIT}
 * </pre>
 */
final class SlotLayout {
    static final int CHECKSUM = 0;
    static final int PACKED = 4;

    private SlotLayout() {}

    /** Bytes that a slot takes in the arena. */
    static int slotBytes(int packedLength) {
        return PACKED + packedLength + (PageEntry.ADDRESS_UNIT - 1) & -PageEntry.ADDRESS_UNIT;
    }

    /**
     * The checksum of a slot. Kind, length and page go in, so that an entry that points to another
     * page's slot, or to the right one in the wrong way, does not pass.
     */
    static int checksum(int crc32c, int kind, int packedLength, long page) {
        return crc32c ^ (int) PageEntry.mix(page << 17 ^ (long) kind << 13 ^ packedLength);
    }
}
