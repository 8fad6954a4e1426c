package io.trueno.zram.engine.codec.zstd;

/**
 * Reads a bit stream from its last byte to its first (RFC 8878, 4.1.2 and 4.2.2) with a state of
 * two locals: {@code ip}, the index of the eight bytes in hand, and {@code window}, those bytes
 * shifted so that the next bit to read is bit 63.
 *
 * <p>Bit 0 of the eight bytes is replaced by a mark. It moves up as bits are used, so its place
 * tells how many were, and nobody has to count. After {@link #open} or {@link #reload} at least
 * {@link #AVAILABLE} bits may be used.
 *
 * <p>Loads touch bytes before the stream's start; callers see to it that the array has them.
 */
final class BackwardBits {
    /** Bits that may be used after a reload. */
    static final int AVAILABLE = 56;

    private BackwardBits() {}

    /**
     * The first window: {@code ip} is eight bytes before the stream's end. The highest set bit of
     * the last byte, which must not be zero, ends the stream.
     */
    static long open(byte[] in, int ip) {
        long bytes = LittleEndian.getLong(in, ip);
        return (bytes | 1) << (Long.numberOfLeadingZeros(bytes) + 1);
    }

    /** How far {@code ip} moves down before {@link #reload}: the bytes that were used whole. */
    static int usedBytes(long window) {
        return Long.numberOfTrailingZeros(window) >>> 3;
    }

    /** The window at an {@code ip} that {@link #usedBytes} moved down. */
    static long reload(byte[] in, int ip, long window) {
        return (LittleEndian.getLong(in, ip) | 1) << (Long.numberOfTrailingZeros(window) & 7);
    }

    /** The next {@code bits} bits, 0 to 56; use them by {@code window <<= bits}. */
    static int peek(long window, int bits) {
        return (int) (window >>> 1 >>> ~bits);
    }

    /**
     * Bits not used yet; negative if more were used than the stream has.
     *
     * @param distance {@code ip} less the stream's start
     */
    static int left(int distance, long window) {
        return distance * 8 + Long.SIZE - Long.numberOfTrailingZeros(window);
    }
}
