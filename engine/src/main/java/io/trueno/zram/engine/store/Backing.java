package io.trueno.zram.engine.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * The file or block device that pages are written back to. Records of several pages lie back to
 * back, so that compressed pages take no more room there than in memory. A record is
 *
 * <pre>
 * offset  bytes  field
 *      0      4  checksum as of a {@link SlotLayout slot}
 *      4      4  {@link PageEntry} kind that the packed bytes are of
 *      8      n  packed bytes, n as in the page's entry
 *  8 + n    0-3  padding to {@link PageEntry#ADDRESS_UNIT}
 * </pre>
 *
 * sealed by {@link BackingCipher} as a whole if the store says so. The entry in the page table has
 * kind {@link PageEntry#BACKED}, the packed length, and the record's place in the device.
 *
 * <p>Block 0 says whose it is; see {@link BackingLabel}.
 */
final class Backing implements AutoCloseable {
    static final int BLOCK = 4096;

    /** A page that does not compress, written alone. */
    static final long MOST_BYTES_PER_PAGE = 2L * BLOCK;

    private static final long FIRST_BLOCK = 1;

    private final BackingDevice device;
    private final String name;
    private final @Nullable BackingCipher cipher;
    private final BlockMap blocks;

    /**
     * @param name for messages
     * @param cipher null to write in the clear
     * @param capacityBytes that may be used
     */
    Backing(
            BackingDevice device,
            String name,
            @Nullable BackingCipher cipher,
            long capacityBytes,
            Epochs epochs) {
        this.device = device;
        this.name = name;
        this.cipher = cipher;
        blocks = new BlockMap(FIRST_BLOCK, capacityBytes / BLOCK, epochs);
    }

    String name() {
        return name;
    }

    boolean isEncrypted() {
        return cipher != null;
    }

    /** Bytes that a record takes. */
    int recordBytes(int packedLength) {
        int bytes = sealedBytes(packedLength);
        return (bytes + PageEntry.ADDRESS_UNIT - 1) & -PageEntry.ADDRESS_UNIT;
    }

    private int sealedBytes(int packedLength) {
        int plain = BackedRecord.HEADER + packedLength;
        return cipher == null ? plain : plain + BackingCipher.NONCE_BYTES + BackingCipher.TAG_BYTES;
    }

    /** Puts a record together; gives its bytes, {@link #recordBytes} or a little less. */
    byte[] record(long page, int kind, byte[] packed, int length, int checksum) {
        byte[] plain = new byte[BackedRecord.HEADER + length];
        BackedRecord.writeHeader(plain, kind, checksum);
        System.arraycopy(packed, 0, plain, BackedRecord.HEADER, length);
        return cipher == null ? plain : cipher.seal(plain, plain.length, page);
    }

    /** Blocks from the first byte of a record to its last. */
    private static int blocksOf(long address, int bytes) {
        return (int) ((address + bytes - 1) / BLOCK - address / BLOCK) + 1;
    }

    /** Takes blocks in a row; gives the first byte's address, or {@link BlockMap#NONE}. */
    long allocate(int count) {
        long block = blocks.allocate(count);
        return block == BlockMap.NONE ? BlockMap.NONE : block * BLOCK;
    }

    /** Gives up what {@link #allocate} gave; records that were retained keep their blocks. */
    void releaseExtent(long address, int count) {
        blocks.release(address / BLOCK, count);
    }

    void adopt(long address, int packedLength) {
        blocks.adopt(address / BLOCK, blocksOf(address, recordBytes(packedLength)));
    }

    /** Counts a record in before its entry is published. */
    void retain(long address, int packedLength) {
        blocks.retain(address / BLOCK, blocksOf(address, recordBytes(packedLength)));
    }

    /** Counts a record out whose entry is no longer in the page table. */
    void free(long address, int packedLength) {
        blocks.release(address / BLOCK, blocksOf(address, recordBytes(packedLength)));
    }

    long usedBlocks() {
        return blocks.usedBlocks();
    }

    void write(long address, MemorySegment source) throws IOException {
        device.write(address, source);
    }

    /** Blocks that a record's reading takes. */
    int blocksRead(long address, int packedLength) {
        return blocksOf(address, recordBytes(packedLength));
    }

    /**
     * Reads a record. Allocates nothing, but for what the cipher does.
     *
     * @param record takes it, in the clear
     * @throws IOException if it cannot be read, or is not what was sealed for this page
     */
    void read(long page, long address, int packedLength, BackedRecord record) throws IOException {
        int bytes = sealedBytes(packedLength);
        long start = address & -BLOCK;
        MemorySegment blocks = record.blocks(blocksOf(address, bytes));
        device.read(start, blocks);
        byte[] target = cipher == null ? record.plain : record.sealed;
        MemorySegment.copy(blocks, ValueLayout.JAVA_BYTE, address - start, target, 0, bytes);
        if (cipher != null) {
            try {
                cipher.open(record.sealed, bytes, page, record.plain);
            } catch (GeneralSecurityException e) {
                throw new IOException("a record of " + name + " is not what was written there", e);
            }
        }
    }

    /** Takes the label off, so that the device can serve others: its pages are given up. */
    void disown() {
        try (Arena arena = Arena.ofConfined()) {
            device.write(0, arena.allocate(BLOCK, BLOCK));
        } catch (IOException e) {
            // it keeps a label of pages that nobody has; whoever wants it is told what to do
        }
    }

    @Override
    public void close() {
        device.close();
    }
}
