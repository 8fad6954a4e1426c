package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.kernel.RawMemory;

/**
 * Reads bit streams among the packed bytes from their last byte to their first (RFC 8878, 4.1.2 and
 * 4.2.2). The state is one number, the <b>cursor</b>: how many bits of the packed bytes, from their
 * start, lie before what was read, plus 7. So the eight bytes before and at byte {@code cursor >>
 * 3} less one hold the next bits, and using bits is a subtraction.
 *
 * <p>A cursor is masked when it is loaded at, so that loads stay within the decoder's memory
 * wherever it is; what a load touches before the packed bytes is {@link DecoderMemory#MARGIN}.
 * Cursors only fall: whoever compares the last one with {@link #end} has not read too much.
 */
final class BackwardBits {
    /** Bits at hand after a load. */
    static final int LOADED_BITS = 57;

    private static final int BIAS = 7;

    /** Bytes from the packed ones on that loads may start in; all of them are decoder's memory. */
    private static final int REACH = 1 << 13;

    private BackwardBits() {}

    /** The cursor behind the end mark: the highest set bit of the last byte, which is not zero. */
    static long open(byte[] in, int limit) {
        int mark = Integer.numberOfLeadingZeros(in[limit - 1] & 0xFF) - 23;
        return (long) limit * Byte.SIZE - mark + BIAS;
    }

    /** The cursor when all bits of a stream that starts at {@code start} are used. */
    static long end(int start) {
        return (long) start * Byte.SIZE + BIAS;
    }

    /**
     * The next bits, from bit 63 down; at least {@link #LOADED_BITS} of them.
     *
     * @param base address of a {@link DecoderMemory}
     */
    static long load(long base, long cursor) {
        return loadBytes(base, cursor) << shift(cursor);
    }

    /** The eight bytes that {@link #load} shifts by {@link #shift}. */
    static long loadBytes(long base, long cursor) {
        long index = (cursor >>> 3) & (REACH - 1);
        return RawMemory.getLong(base + DecoderMemory.PACKED - Long.BYTES + index);
    }

    /** How far the next bit lies below bit 63 of {@link #loadBytes}. */
    static int shift(long cursor) {
        return (int) ~cursor & 7;
    }

    /** The {@code bits} highest bits of {@code window}, 0 to 57. */
    static int peek(long window, int bits) {
        return (int) (window >>> 1 >>> ~bits);
    }
}
