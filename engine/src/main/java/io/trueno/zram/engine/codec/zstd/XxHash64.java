package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** XXH64 with seed 0, whose low 32 bits are a frame's content checksum (RFC 8878, 3.1.1). */
final class XxHash64 {
    private static final long PRIME_1 = 0x9E3779B185EBCA87L,
            PRIME_1_PLUS_2 = 0x60EA27EEADC0B5D6L,
            PRIME_2 = 0xC2B2AE3D27D4EB4FL,
            PRIME_3 = 0x165667B19E3779F9L,
            PRIME_4 = 0x85EBCA77C2B2AE63L;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private XxHash64() {}

    /** The hash of the {@link Pages#SIZE} bytes of {@code bytes} from {@code from}. */
    static long ofPage(MemorySegment bytes, long from) {
        long lane1 = PRIME_1_PLUS_2;
        long lane2 = PRIME_2;
        long lane3 = 0;
        long lane4 = -PRIME_1;
        long end = from + Pages.SIZE;
        for (long at = from; at < end; at += 4 * Long.BYTES) {
            lane1 = round(lane1, bytes.get(LONG, at));
            lane2 = round(lane2, bytes.get(LONG, at + 8));
            lane3 = round(lane3, bytes.get(LONG, at + 16));
            lane4 = round(lane4, bytes.get(LONG, at + 24));
        }
        long hash =
                Long.rotateLeft(lane1, 1)
                        + Long.rotateLeft(lane2, 7)
                        + Long.rotateLeft(lane3, 12)
                        + Long.rotateLeft(lane4, 18);
        hash = merge(merge(merge(merge(hash, lane1), lane2), lane3), lane4) + Pages.SIZE;
        hash = (hash ^ hash >>> 33) * PRIME_2;
        hash = (hash ^ hash >>> 29) * PRIME_3;
        return hash ^ hash >>> 32;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
    }
}
