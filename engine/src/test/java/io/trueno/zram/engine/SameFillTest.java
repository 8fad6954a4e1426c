package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every backend that runs here, scalar and vector, against the same expectations. */
class SameFillTest {
    private static final long WORD = 0x1122334455667788L;

    static Stream<SimdBackend> backends() {
        return Arrays.stream(SimdBackend.values()).filter(SimdBackend::isAvailable);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aFilledPageIsFoundAtAnyAlignmentOnAndOffTheHeap(SimdBackend backend) {
        SameFill sameFill = SameFill.create(backend);
        try (Arena arena = Arena.ofConfined()) {
            for (MemorySegment segment :
                    new MemorySegment[] {
                        arena.allocate(2 * Pages.SIZE),
                        MemorySegment.ofArray(new byte[2 * Pages.SIZE])
                    }) {
                for (int offset : new int[] {0, 1, 7, 8, 63, 64, 4095, 4096}) {
                    segment.fill((byte) 3);
                    sameFill.expand(WORD, segment, offset);
                    assertThat(sameFill.isSameFilled(segment, offset)).isTrue();
                    assertThat(SameFill.wordOf(segment, offset)).isEqualTo(WORD);
                    for (int i = 0; i < 2 * Pages.SIZE; i++) {
                        boolean inside = i >= offset && i < offset + Pages.SIZE;
                        byte expected = inside ? (byte) (WORD >>> (8 * ((i - offset) % 8))) : 3;
                        assertThat(segment.get(ValueLayout.JAVA_BYTE, i)).isEqualTo(expected);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void oneDifferentByteAnywhereIsSeen(SimdBackend backend) {
        SameFill sameFill = SameFill.create(backend);
        byte[] page = new byte[Pages.SIZE];
        MemorySegment segment = MemorySegment.ofArray(page);
        for (long word : new long[] {0, -1, WORD}) {
            sameFill.expand(word, segment, 0);
            for (int i = 0; i < Pages.SIZE; i++) {
                page[i] ^= 0x10;
                assertThat(sameFill.isSameFilled(segment, 0)).as("byte %d", i).isFalse();
                page[i] ^= 0x10;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aPageOutsideItsSegmentIsRefused(SimdBackend backend) {
        SameFill sameFill = SameFill.create(backend);
        MemorySegment segment = MemorySegment.ofArray(new byte[Pages.SIZE]);
        for (long offset : new long[] {-1, 1, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> sameFill.isSameFilled(segment, offset))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> sameFill.expand(0, segment, offset))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
