package io.trueno.zram.engine.codec.zstd;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Writes bits from the low end of a 64-bit accumulator, eight bytes per flush, for headers and
 * short tables. The hot loops keep the same three variables in locals and use {@link #LONG}.
 *
 * <p>The target needs {@link #SLACK} bytes beyond the last byte that counts. At most 56 bits may be
 * added between two flushes.
 */
final class BitWriter {
    /** Bytes that a flush may write past the end of what counts. */
    static final int SLACK = 8;

    /** Little-endian 64-bit view of a byte array. */
    static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Little-endian 32-bit view of a byte array. */
    static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] target = new byte[0];
    private int position;
    private long accumulator;
    private int pending;

    /** Starts at byte {@code position} of {@code target}. */
    void start(byte[] target, int position) {
        this.target = target;
        this.position = position;
        accumulator = 0;
        pending = 0;
    }

    /** Appends the low {@code count} bits of {@code value}, whose other bits must be zero. */
    void add(long value, int count) {
        accumulator |= value << pending;
        pending += count;
    }

    /** Moves whole bytes to the target; at most seven bits stay. */
    void flush() {
        LONG.set(target, position, accumulator);
        position += pending >>> 3;
        accumulator >>>= pending & ~7;
        pending &= 7;
    }

    /** Pads with zero bits to a byte and returns the position after it. */
    int finish() {
        flush();
        return position + ((pending + 7) >>> 3);
    }

    /** Adds the one bit that marks the end of a backward stream, then {@link #finish}. */
    int finishBackwardStream() {
        add(1, 1);
        return finish();
    }
}
