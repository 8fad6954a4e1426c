package io.trueno.zram.ublk.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreOptions;
import io.trueno.zram.ublk.UblkDriver;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private static final int COUNT = 32;

    @Test
    void aBatchIsWrittenToTheDeviceAndThePagesStay() throws IOException {
        List<byte[]> samples = SamplePages.all();
        try (PageStore store = PageStore.open(StoreOptions.of("test", COUNT * Pages.SIZE));
                Arena arena = Arena.ofConfined()) {
            MemorySegment pages = arena.allocate(COUNT * Pages.SIZE, Pages.SIZE);
            for (int i = 0; i < COUNT; i++) {
                pages.asSlice((long) i * Pages.SIZE, Pages.SIZE)
                        .copyFrom(MemorySegment.ofArray(samples.get(i)));
            }
            byte[] before = pages.toArray(ValueLayout.JAVA_BYTE);
            UblkDriver.rehearse(store, pages, Long.MAX_VALUE, System.nanoTime());
            assertThat(pages.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
            MemorySegment content = arena.allocate(COUNT * Pages.SIZE, Pages.SIZE);
            store.read(0, content, 0, COUNT * Pages.SIZE);
            assertThat(content.mismatch(pages)).isEqualTo(-1);
        }
    }
}
