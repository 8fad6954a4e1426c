package io.trueno.zram.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinkRehearsalTest {
    @Test
    void whatItWritesIsWhatItWasGiven() {
        byte[] pages = new byte[16 * Pages.SIZE];
        new Random(1).nextBytes(pages);
        ArrayDevice device = new ArrayDevice(pages.length);
        LinkRehearsal.run(device, MemorySegment.ofArray(pages), Long.MAX_VALUE, System.nanoTime());
        byte[] content = new byte[pages.length];
        device.read(0, MemorySegment.ofArray(content), 0, content.length);
        assertThat(content).isEqualTo(pages); // the last batch of a round writes
    }
}
