package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Runs a decoder on a page that lies between canaries, which it checks after every call. */
final class DecodedPage {
    private static final byte CANARY = (byte) 0xC5;
    private static final int GUARD = 256;

    private final MemorySegment memory = Arena.ofAuto().allocate(GUARD + Pages.SIZE + GUARD);
    private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];

    /** One of the decoder's two entry points. */
    interface Call {
        void decode(byte[] packed, int packedLength, MemorySegment page, long pageOffset);
    }

    /** What {@code call} decodes {@code bytes} to. */
    byte[] decode(Call call, byte[] bytes) {
        return decode(call, bytes, bytes.length);
    }

    /** What {@code call} decodes the first {@code length} of {@code bytes} to. */
    byte[] decode(Call call, byte[] bytes, int length) {
        // What lies behind the input is arbitrary; zeros would hide that it was used.
        Arrays.fill(packed, (byte) 0xA7);
        System.arraycopy(bytes, 0, packed, 0, length);
        byte[] before = packed.clone();
        memory.fill(CANARY);
        try {
            call.decode(packed, length, memory, GUARD);
        } finally {
            assertThat(packed).isEqualTo(before);
            assertCanary(0);
            assertCanary(GUARD + Pages.SIZE);
        }
        return memory.asSlice(GUARD, Pages.SIZE).toArray(ValueLayout.JAVA_BYTE);
    }

    private void assertCanary(long from) {
        for (long i = from; i < from + GUARD; i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, i) != CANARY) {
                throw new AssertionError("wrote outside the page, offset=" + (i - GUARD));
            }
        }
    }
}
