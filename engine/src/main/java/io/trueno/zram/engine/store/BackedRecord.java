package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A record that was brought in from the backing device ({@link Backing} says what it looks like),
 * and the memory that this takes: blocks, sealed bytes, plain bytes. For one thread at a time.
 */
final class BackedRecord {
    /** Bytes before the packed ones. */
    static final int HEADER = 8;

    /** Most bytes of a record in the clear. */
    static final int MOST_BYTES = HEADER + Pages.SIZE;

    private static final int MOST_SEALED_BYTES =
            MOST_BYTES + BackingCipher.NONCE_BYTES + BackingCipher.TAG_BYTES;

    /** A record need not begin with a block. */
    private static final int MOST_BLOCKS =
            (MOST_SEALED_BYTES + Backing.BLOCK - 2) / Backing.BLOCK + 1;

    private static final int CHECKSUM_AT = 0;
    private static final int KIND_AT = 4;
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** As it comes from the device. */
    final byte[] sealed = new byte[MOST_SEALED_BYTES];

    /** As it was before it was sealed. */
    final byte[] plain = new byte[MOST_BYTES];

    private final MemorySegment[] blocks = new MemorySegment[MOST_BLOCKS + 1];

    BackedRecord() {
        MemorySegment all =
                Arena.ofAuto().allocate((long) MOST_BLOCKS * Backing.BLOCK, Backing.BLOCK);
        for (int count = 0; count <= MOST_BLOCKS; count++) {
            blocks[count] = all.asSlice(0, (long) count * Backing.BLOCK);
        }
    }

    /** Memory to read so many blocks into, 1 to {@link #MOST_BLOCKS}. */
    MemorySegment blocks(int count) {
        return blocks[count];
    }

    /** Puts a header before packed bytes. */
    static void writeHeader(byte[] plain, int kind, int checksum) {
        INT.set(plain, CHECKSUM_AT, checksum);
        INT.set(plain, KIND_AT, kind);
    }

    int checksum() {
        return (int) INT.get(plain, CHECKSUM_AT);
    }

    /** What the packed bytes are of. */
    int kind() {
        return (int) INT.get(plain, KIND_AT);
    }

    /** Copies the packed bytes, {@code length} of them. */
    void unwrap(byte[] packed, int length) {
        System.arraycopy(plain, HEADER, packed, 0, length);
    }
}
