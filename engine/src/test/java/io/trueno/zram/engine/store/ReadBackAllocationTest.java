package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reading a page costs the collector that is written back: swap may wait for it. */
@Tag("fresh-jvm")
class ReadBackAllocationTest {
    private static final int ROUND = 20_000;

    @TempDir Path folder;

    @Test
    void readingBackAllocatesNothing() throws IOException {
        assertThat(bytesPerRead(false, 1)).isLessThan(1);
    }

    /** The cipher of the class library makes its state anew for each record, some 1140 bytes. */
    @Test
    void readingBackFromAnEncryptedDeviceAllocatesWhatTheCipherNeeds() throws IOException {
        assertThat(bytesPerRead(true, 1500)).isLessThan(1500);
    }

    private double bytesPerRead(boolean encrypted, int wanted) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PageStore store = WritebackPages.open();
                Arena arena = Arena.ofConfined()) {
            WritebackPages.fill(store);
            store.backing(folder.resolve("backing"), encrypted);
            store.writeback(WritebackPages.ALL);
            MemorySegment target = arena.allocate(Pages.SIZE);
            double least = Double.MAX_VALUE;
            for (int round = 0; round < 10 && least >= wanted; round++) { // until all is compiled
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < ROUND; i++) {
                    store.read((i * 7L & 255) * Pages.SIZE, target, 0, Pages.SIZE);
                }
                long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                least = Math.min(least, (double) allocated / ROUND);
            }
            assertThat(store.backingStats().bdReads()).isGreaterThan(ROUND);
            WritebackPages.assertAllThere(store);
            return least;
        }
    }
}
