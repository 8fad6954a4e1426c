package io.trueno.zram.engine.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a store keeps about its backing device, in its header and so in memory only: the key too,
 * which lives exactly as long as the pages that need it. Little-endian, from the header's start:
 *
 * <pre>
 * offset  bytes  field
 *     72      8  number that the device is labelled with; 0 if there is none
 *     80      8  bytes of the device that may be used
 *     88      4  1 if what is written there is encrypted
 *     92      4  length of the path in bytes
 *   1024     32  key
 *   2048   2048  path, UTF-8
 * </pre>
 *
 * The number is stored last, so that a process which dies in between leaves none.
 *
 * @param capacityBytes that may be used
 * @param key of {@link BackingCipher}, used if {@code encrypted}
 */
record BackingIdentity(
        long number, Path path, long capacityBytes, boolean encrypted, SecretKeySpec key) {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long NUMBER_AT = 72;
    private static final long CAPACITY_AT = 80;
    private static final long ENCRYPTED_AT = 88;
    private static final long PATH_LENGTH_AT = 92;
    private static final long KEY_AT = 1024;
    private static final long PATH_AT = 2048;
    private static final int MOST_PATH_BYTES = 2048;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Of a device that was never used, with a number and a key of its own. */
    static BackingIdentity create(Path path, boolean encrypted) {
        byte[] key = new byte[BackingCipher.KEY_BYTES];
        RANDOM.nextBytes(key);
        return new BackingIdentity(
                RANDOM.nextLong() | 1, path, 0, encrypted, new SecretKeySpec(key, "AES"));
    }

    BackingIdentity withCapacity(long bytes) {
        return new BackingIdentity(number, path, bytes, encrypted, key);
    }

    void write(MemorySegment header) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > MOST_PATH_BYTES) {
            throw new IllegalArgumentException("path too long for a backing device: " + path);
        }
        header.set(LONG, CAPACITY_AT, capacityBytes);
        header.set(INT, ENCRYPTED_AT, encrypted ? 1 : 0);
        header.set(INT, PATH_LENGTH_AT, name.length);
        byte[] secret = key.getEncoded();
        MemorySegment.copy(secret, 0, header, ValueLayout.JAVA_BYTE, KEY_AT, secret.length);
        MemorySegment.copy(name, 0, header, ValueLayout.JAVA_BYTE, PATH_AT, name.length);
        LONG.varHandle().setRelease(header, NUMBER_AT, number);
    }

    /**
     * What {@link #write} wrote, if anything.
     *
     * @throws StoreFormatException if it is damaged
     */
    static Optional<BackingIdentity> read(MemorySegment header, String store)
            throws StoreFormatException {
        long number = header.get(LONG, NUMBER_AT);
        if (number == 0) {
            return Optional.empty();
        }
        int length = header.get(INT, PATH_LENGTH_AT);
        if (length < 1 || length > MOST_PATH_BYTES) {
            throw new StoreFormatException(
                    store, "its header is damaged: the backing device's path");
        }
        byte[] name = header.asSlice(PATH_AT, length).toArray(ValueLayout.JAVA_BYTE);
        byte[] key = header.asSlice(KEY_AT, BackingCipher.KEY_BYTES).toArray(ValueLayout.JAVA_BYTE);
        return Optional.of(
                new BackingIdentity(
                        number,
                        Path.of(new String(name, StandardCharsets.UTF_8)),
                        header.get(LONG, CAPACITY_AT),
                        header.get(INT, ENCRYPTED_AT) != 0,
                        new SecretKeySpec(key, "AES")));
    }
}
