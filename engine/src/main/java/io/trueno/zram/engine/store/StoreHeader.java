package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The first 4 KiB of a store file: what it is and where its parts lie. Little-endian. Behind it lie
 * the dictionaries, the page table, the access times and the arena.
 *
 * <pre>
 * offset  bytes  field
 *      0      8  magic, "TZRAMST1"
 *      8      4  layout version
 *     12      4  CRC32C of bytes 0 to 63, with this field and the generation taken as zero
 *     16      8  most bytes that the device can grow to: the parts behind are laid out for it
 *     24      8  offset of the page table
 *     32      8  offset of the arena, a multiple of 2 MiB
 *     40      8  arena size in bytes
 *     48      4  log2 of the chunk size
 *     52      4  page size
 *     56      8  generation: how often the store was opened
 *     64      8  {@link WriteMethod}, changed on a running device; checks itself
 *     72     24  {@link BackingIdentity}, with what follows at 1024 and 2048
 *     96      8  blocks that may still be written back
 *    104      8  {@link WritebackSettings}: bit 0 limited, bit 1 raw, from bit 8 pages of a batch
 *    112      8  device size in bytes, times 2^20, plus a check: changed on a running device
 *    120      8  {@link RecompressionSettings}, changed on a running device; checks itself
 *    512    256  directory of {@link Dictionaries}, 8 bytes each; check themselves
 * </pre>
 *
 * @param capacityBytes that the device can grow to
 * @param tableOffset where the page table lies in the file
 * @param arenaOffset where the arena lies in the file
 * @param arenaBytes size of the arena
 */
record StoreHeader(long capacityBytes, long tableOffset, long arenaOffset, long arenaBytes) {
    static final int BYTES = Pages.SIZE;
    static final int VERSION = 3;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long MAGIC = magic("TZRAMST1");
    private static final int CHECKED_BYTES = 64;
    private static final long VERSION_AT = 8;
    private static final long CHECKSUM_AT = 12;
    private static final long CAPACITY_AT = 16;
    private static final long TABLE_OFFSET_AT = 24;
    private static final long ARENA_OFFSET_AT = 32;
    private static final long ARENA_BYTES_AT = 40;
    private static final long CHUNK_SHIFT_AT = 48;
    private static final long PAGE_SIZE_AT = 52;
    private static final long GENERATION_AT = 56;
    private static final long METHOD_AT = 64;
    private static final long WRITEBACK_AT = 96;
    private static final long SIZE_AT = 112;
    private static final int SIZE_CHECK_BITS = 20;
    private static final long RECOMPRESSION_AT = 120;
    private static final long DIRECTORY_AT = 512;
    private static final long ARENA_ALIGNMENT = 2 << 20;

    private static long magic(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return MemorySegment.ofArray(bytes).get(LONG.withByteAlignment(1), 0);
    }

    /** Where things lie for a new device, with {@code arenaBytes} of address space for slots. */
    static StoreHeader plan(long capacityBytes, long arenaBytes) {
        long tableOffset = BYTES + Dictionaries.BYTES;
        long pages = Pages.count(capacityBytes);
        long accessEnd = tableOffset + pages * (Long.BYTES + AccessTimes.BYTES_PER_PAGE);
        long arenaOffset = (accessEnd + ARENA_ALIGNMENT - 1) & -ARENA_ALIGNMENT;
        long wholeChunks = (arenaBytes + SlotArena.CHUNK - 1) & -SlotArena.CHUNK;
        return new StoreHeader(capacityBytes, tableOffset, arenaOffset, wholeChunks);
    }

    long fileBytes() {
        return arenaOffset + arenaBytes;
    }

    /** Where the page table ends and the access times begin. */
    long accessOffset() {
        return tableOffset + Pages.count(capacityBytes) * Long.BYTES;
    }

    /** Where the dictionaries themselves begin. */
    static long dictionariesOffset() {
        return BYTES;
    }

    /** The directory of dictionaries, one word each. */
    static MemorySegment directory(MemorySegment file) {
        return file.asSlice(DIRECTORY_AT, (long) Dictionaries.MOST * Long.BYTES);
    }

    /** The device size kept in a header that {@link #read} has accepted. */
    static long deviceBytes(MemorySegment file) {
        return file.get(LONG, SIZE_AT) >>> SIZE_CHECK_BITS;
    }

    /** Keeps a device size; a single aligned store, so it is never half done. */
    static void deviceBytes(MemorySegment file, long bytes) {
        file.set(LONG, SIZE_AT, bytes << SIZE_CHECK_BITS | sizeCheck(bytes));
    }

    private static long sizeCheck(long bytes) {
        return PageEntry.mix(bytes ^ SIZE_AT) >>> (Long.SIZE - SIZE_CHECK_BITS);
    }

    /** The settings of writeback kept in a header. */
    static WritebackSettings writebackSettings(MemorySegment file) {
        long flags = file.get(LONG, WRITEBACK_AT + Long.BYTES);
        return flags == 0
                ? WritebackSettings.DEFAULT
                : new WritebackSettings(
                        (flags & 1) != 0,
                        Math.max(0, file.get(LONG, WRITEBACK_AT)),
                        (flags & 2) == 0,
                        Math.clamp(flags >>> 8, 1, WritebackSettings.MOST_BATCH_PAGES));
    }

    /** Keeps them. */
    static void writebackSettings(MemorySegment file, WritebackSettings settings) {
        file.set(LONG, WRITEBACK_AT, settings.limitBlocks());
        file.set(
                LONG,
                WRITEBACK_AT + Long.BYTES,
                (settings.limitEnabled() ? 1 : 0)
                        | (settings.compressed() ? 0 : 2)
                        | (long) settings.batchPages() << 8);
    }

    /** The write method kept in a header that {@link #read} has accepted. */
    static WriteMethod method(MemorySegment file) {
        return WriteMethod.ofWord(file.get(LONG, METHOD_AT)).orElseThrow();
    }

    /** Keeps a write method; a single aligned store, so it is never half done. */
    static void method(MemorySegment file, WriteMethod method) {
        file.set(LONG, METHOD_AT, method.toWord());
    }

    /** What is recompressed, kept in a header that {@link #read} has accepted. */
    static RecompressionSettings recompression(MemorySegment file) {
        return RecompressionSettings.ofWord(file.get(LONG, RECOMPRESSION_AT)).orElseThrow();
    }

    /** Keeps what is recompressed; a single aligned store, so it is never half done. */
    static void recompression(MemorySegment file, RecompressionSettings settings) {
        file.set(LONG, RECOMPRESSION_AT, settings.toWord());
    }

    void write(MemorySegment file) {
        recompression(file, RecompressionSettings.DEFAULT);
        file.set(LONG, 0, MAGIC);
        file.set(INT, VERSION_AT, VERSION);
        file.set(LONG, CAPACITY_AT, capacityBytes);
        file.set(LONG, TABLE_OFFSET_AT, tableOffset);
        file.set(LONG, ARENA_OFFSET_AT, arenaOffset);
        file.set(LONG, ARENA_BYTES_AT, arenaBytes);
        file.set(INT, CHUNK_SHIFT_AT, SlotArena.CHUNK_SHIFT);
        file.set(INT, PAGE_SIZE_AT, Pages.SIZE);
        file.set(INT, CHECKSUM_AT, checksum(file));
    }

    static long generation(MemorySegment file) {
        return file.get(LONG, GENERATION_AT);
    }

    /** Counts one more opening; a single aligned store, so it is never half done. */
    static void nextGeneration(MemorySegment file) {
        file.set(LONG, GENERATION_AT, file.get(LONG, GENERATION_AT) + 1);
    }

    /**
     * Reads and checks a header.
     *
     * @throws StoreFormatException saying what is wrong; nothing is changed
     */
    static StoreHeader read(MemorySegment file, String name) throws StoreFormatException {
        StoreHeader header = check(file, name);
        if (file.byteSize() != header.fileBytes()) {
            throw new StoreFormatException(
                    name,
                    "it is truncated or was extended: it has "
                            + file.byteSize()
                            + " bytes, its header says "
                            + header.fileBytes());
        }
        return header;
    }

    /**
     * The same of the first {@link #BYTES} of a file alone.
     *
     * @throws StoreFormatException saying what is wrong
     */
    static StoreHeader check(MemorySegment file, String name) throws StoreFormatException {
        if (file.byteSize() < BYTES || file.get(LONG, 0) != MAGIC) {
            throw new StoreFormatException(name, "it is not a trueno-zram store");
        }
        int version = file.get(INT, VERSION_AT);
        if (version != VERSION) {
            throw new StoreFormatException(
                    name,
                    "its layout version is "
                            + version
                            + " and this program reads "
                            + VERSION
                            + ": open it with the program that wrote it");
        }
        if (file.get(INT, CHECKSUM_AT) != checksum(file)) {
            throw new StoreFormatException(name, "its header is damaged: checksum does not match");
        }
        if (WriteMethod.ofWord(file.get(LONG, METHOD_AT)).isEmpty()) {
            throw new StoreFormatException(
                    name, "its header is damaged: algorithm and policy do not check");
        }
        if (RecompressionSettings.ofWord(file.get(LONG, RECOMPRESSION_AT)).isEmpty()) {
            throw new StoreFormatException(
                    name, "its header is damaged: settings of recompression do not check");
        }
        long size = deviceBytes(file);
        if ((file.get(LONG, SIZE_AT) & ((1L << SIZE_CHECK_BITS) - 1)) != sizeCheck(size)) {
            throw new StoreFormatException(
                    name, "its header is damaged: the device's size does not check");
        }
        StoreHeader header =
                new StoreHeader(
                        file.get(LONG, CAPACITY_AT),
                        file.get(LONG, TABLE_OFFSET_AT),
                        file.get(LONG, ARENA_OFFSET_AT),
                        file.get(LONG, ARENA_BYTES_AT));
        boolean ours =
                file.get(INT, CHUNK_SHIFT_AT) == SlotArena.CHUNK_SHIFT
                        && file.get(INT, PAGE_SIZE_AT) == Pages.SIZE
                        && size > 0
                        && size <= header.capacityBytes
                        && header.arenaBytes > 0
                        && header.arenaBytes <= PageEntry.ADDRESS_SPACE
                        && header.equals(plan(header.capacityBytes, header.arenaBytes));
        if (!ours) {
            throw new StoreFormatException(name, "its geometry is not one that this program makes");
        }
        return header;
    }

    private static int checksum(MemorySegment file) {
        byte[] bytes = new byte[CHECKED_BYTES];
        MemorySegment copy = MemorySegment.ofArray(bytes);
        MemorySegment.copy(file, 0, copy, 0, CHECKED_BYTES);
        copy.set(INT.withByteAlignment(1), CHECKSUM_AT, 0);
        copy.set(LONG.withByteAlignment(1), GENERATION_AT, 0);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
