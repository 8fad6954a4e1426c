package io.trueno.zram.engine.store;

import io.trueno.zram.engine.memory.DirectFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Block 0 of a backing device: whose pages it holds. Little-endian.
 *
 * <pre>
 * offset  bytes  field
 *      0      8  magic, "TZRAMWB1"
 *      8      8  number of the store, random
 *     16      4  CRC32C of the machine's boot id: pages of an earlier boot are lost anyway
 *     20      4  CRC32C of bytes 0 to 19
 * </pre>
 */
final class BackingLabel {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long MAGIC = 0x3142_574D_4152_5A54L; // "TZRAMWB1"
    private static final int CHECKED = 20;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private BackingLabel() {}

    /**
     * Opens a backing device for a store that has none yet, and labels it.
     *
     * @throws IOException if it cannot be used; the message says what to do
     */
    static BackingDevice claim(Path path, long storeNumber) throws IOException {
        return prepared(path, storeNumber, false);
    }

    /**
     * Opens the backing device of a store that has pages on it.
     *
     * @throws IOException if it cannot be used, or is not this store's
     */
    static BackingDevice find(Path path, long storeNumber) throws IOException {
        return prepared(path, storeNumber, true);
    }

    private static BackingDevice prepared(Path path, long storeNumber, boolean mustBeOurs)
            throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException("not a file or block device: " + path);
        }
        if (mustBeOurs && !Files.exists(path)) {
            throw new IOException("the backing device is missing: " + path);
        }
        BackingDevice device = device(DirectFile.open(path));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(Backing.BLOCK, Backing.BLOCK);
            long size = device.sizeBytes();
            if (size >= Backing.BLOCK) {
                device.read(0, block);
            } else if (size > 0) {
                block.fill((byte) -1); // something short: neither empty nor a label
            }
            if (mustBeOurs) {
                if (!isLabel(block) || block.get(LONG, 8) != storeNumber) {
                    throw new IOException(path + " does not hold this device's pages");
                }
                return device;
            }
            requireFree(path, block);
            block.fill((byte) 0);
            block.set(LONG, 0, MAGIC);
            block.set(LONG, 8, storeNumber);
            block.set(INT, 16, boot());
            block.set(INT, CHECKED, checksum(block));
            device.write(0, block);
            return device;
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private static void requireFree(Path path, MemorySegment block) throws IOException {
        boolean isEmpty = block.mismatch(MemorySegment.ofArray(new byte[Backing.BLOCK])) < 0;
        boolean isOfEarlierBoot = isLabel(block) && block.get(INT, 16) != boot();
        if (!isEmpty && !isOfEarlierBoot) {
            throw new IOException(
                    path
                            + (isLabel(block)
                                    ? " holds pages of another device"
                                    : " is not empty and would be overwritten")
                            + ": name another, or zero its first 4096 bytes");
        }
    }

    private static boolean isLabel(MemorySegment block) {
        return block.get(LONG, 0) == MAGIC && block.get(INT, CHECKED) == checksum(block);
    }

    private static int checksum(MemorySegment block) {
        return crc(block.asSlice(0, CHECKED).toArray(ValueLayout.JAVA_BYTE));
    }

    private static int boot() throws IOException {
        return crc(Files.readString(BOOT_ID).getBytes(StandardCharsets.US_ASCII));
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static BackingDevice device(DirectFile file) {
        return new BackingDevice() {
            @Override
            public long sizeBytes() throws IOException {
                return file.sizeBytes();
            }

            @Override
            public void read(long offset, MemorySegment target) throws IOException {
                file.read(offset, target);
            }

            @Override
            public void write(long offset, MemorySegment source) throws IOException {
                file.write(offset, source);
            }

            @Override
            public void close() {
                file.close();
            }
        };
    }
}
