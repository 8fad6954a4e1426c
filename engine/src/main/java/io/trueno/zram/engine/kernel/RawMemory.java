package io.trueno.zram.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Little-endian words at native addresses, for kernels that work inside one native block of their
 * own.
 *
 * <p>Why: an index check per access takes a third of an LZ4 decoder's time (see the engine's
 * README, "LZ4"). Against a segment over all of memory the check is a comparison of the address
 * with a constant, which the compiler drops where it can see the address's range.
 *
 * <p>Why it is safe: a kernel forms every address from the start of its block, passed through
 * {@link #address}, and an index that was checked or masked to the block's size in the same method.
 */
public final class RawMemory {
    /** All of memory; for vector loads and stores. */
    @SuppressWarnings("restricted")
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final long ADDRESS_MASK = (1L << 56) - 1;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    // Unsigned to begin with: where a short was masked, C2 extended it twice.
    private static final ValueLayout.OfChar CHAR =
            ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RawMemory() {}

    /** The address unchanged, in a form whose range the compiler knows. */
    public static long address(long address) {
        return address & ADDRESS_MASK;
    }

    /** The byte at {@code address}, unsigned. */
    public static long getByte(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address) & 0xFFL;
    }

    /** The 2 bytes at {@code address}, unsigned. */
    public static long getShort(long address) {
        return ALL.get(CHAR, address);
    }

    /** The 4 bytes at {@code address}. */
    public static int getInt(long address) {
        return ALL.get(INT, address);
    }

    /** The 8 bytes at {@code address}. */
    public static long getLong(long address) {
        return ALL.get(LONG, address);
    }

    /** Writes one byte. */
    public static void putByte(long address, long value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, (byte) value);
    }

    /** Writes 2 bytes. */
    public static void putShort(long address, long value) {
        ALL.set(SHORT, address, (short) value);
    }

    /** Writes 4 bytes. */
    public static void putInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    /** Writes 8 bytes. */
    public static void putLong(long address, long value) {
        ALL.set(LONG, address, value);
    }
}
