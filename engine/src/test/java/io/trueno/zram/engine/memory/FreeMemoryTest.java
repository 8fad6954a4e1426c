package io.trueno.zram.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class FreeMemoryTest {
    private static final long PIECE = 256 << 10;

    @Test
    void plentyIsLookedAtOnce() {
        Queue<Long> seen = new ArrayDeque<>(List.of(256 * PIECE));
        FreeMemory free = new FreeMemory(seen::remove);
        for (int i = 0; i < 128; i++) {
            assertThat(free.take(PIECE)).isTrue();
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void whatIsNotFreeIsNotTaken() {
        Queue<Long> seen = new ArrayDeque<>(List.of(0L, PIECE - 1, PIECE, 0L));
        FreeMemory free = new FreeMemory(seen::remove);
        assertThat(free.take(PIECE)).isFalse();
        assertThat(free.take(PIECE)).isFalse();
        assertThat(free.take(PIECE)).isTrue();
        assertThat(free.take(PIECE)).isFalse();
    }

    @Test
    void whatAZoneKeepsForOthersIsNotFree() {
        String zones =
                """
                Node 0, zone      DMA
                  pages free     500
                        boost    0
                        min      9
                        low      12
                        high     15
                        protection: (0, 438, 438)
                Node 0, zone    DMA32
                  pages free     2000
                        min      684
                        low      855
                        high     1026
                        protection: (0, 0, 0)
                Node 0, zone   Normal
                  pages free     0
                        min      0
                        low      0
                        high     0
                        protection: (0, 0, 0)
                """;
        assertThat(FreeMemory.bytes(zones.lines().toList()))
                .isEqualTo((500 - 12 - 438 + 2000 - 855) * 4096L);
    }

    @Test
    void thisMachineTells() {
        assertThat(FreeMemory.bytes()).isBetween(0L, 1L << 60);
    }
}
