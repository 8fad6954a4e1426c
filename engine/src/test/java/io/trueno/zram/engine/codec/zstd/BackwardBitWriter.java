package io.trueno.zram.engine.codec.zstd;

import java.util.ArrayList;
import java.util.List;

/** Builds a backward bit stream by hand, in the order in which a decoder reads it. */
final class BackwardBitWriter {
    private final List<Integer> bits = new ArrayList<>();

    /** The decoder reads {@code count} bits next, which make {@code value}. */
    BackwardBitWriter read(int value, int count) {
        for (int i = count - 1; i >= 0; i--) {
            bits.add(value >>> i & 1);
        }
        return this;
    }

    /** The stream, end mark included. */
    byte[] toBytes() {
        int size = bits.size() / 8 + 1;
        byte[] bytes = new byte[size];
        int position = bits.size();
        bytes[position / 8] |= (byte) (1 << position % 8);
        for (int bit : bits) {
            position--;
            bytes[position / 8] |= (byte) (bit << position % 8);
        }
        return bytes;
    }
}
