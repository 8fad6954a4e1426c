package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that is there before it is needed. */
class HeadroomTest {
    private static final int PAGE = Pages.SIZE;
    private static final int CHUNK = SlotArena.CHUNK;
    private static final int MINOR_FAULTS = 9; // field of /proc/PID/stat, counted from 0

    private static StoreOptions options(long pages) {
        return StoreOptions.of("test", pages * PAGE);
    }

    @Test
    @Tag("fresh-jvm")
    void aHundredThousandStoresFaultNoPageIn() throws Exception {
        List<byte[]> samples = SamplePages.all();
        int pages = 100_000;
        try (PageStore store = PageStore.open(options(pages).withHeadroom(512 << 20));
                Arena arena = Arena.ofConfined()) {
            MemorySegment content = arena.allocate((long) samples.size() * PAGE);
            for (int i = 0; i < samples.size(); i++) {
                content.asSlice((long) i * PAGE, PAGE)
                        .copyFrom(MemorySegment.ofArray(samples.get(i)));
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = Long.MAX_VALUE;
            // until all of it is compiled: a fresh heap faults, too
            for (int round = 0; round < 40 && allocated > 100_000; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20_000; i++) { // few pages, so little memory
                    long sample = i % samples.size();
                    store.write((i & 63L) * PAGE, content, sample * PAGE, PAGE);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            store.awaitHeadroom();
            long before = minorFaults();
            for (int i = 0; i < pages; i++) {
                store.write((long) i * PAGE, content, (long) (i % samples.size()) * PAGE, PAGE);
            }
            long faults = minorFaults() - before;
            assertThat(store.stats().memUsedTotal()).isGreaterThan(100 << 20);
            // of the compiler's doing, such as code that is run for the first time; the store alone
            // would have faulted in some 40 000
            assertThat(faults).as("minor faults of this thread").isLessThan(100);
        }
    }

    private static long minorFaults() throws IOException {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        String afterName = stat.substring(stat.lastIndexOf(')') + 2);
        return Long.parseLong(afterName.split(" ", -1)[MINOR_FAULTS - 2]);
    }

    @Test
    void itIsRefilledWhileItIsUsedUp() throws Exception {
        byte[] page = new byte[PAGE];
        Random random = new Random(1);
        try (PageStore store = PageStore.open(options(4096).withHeadroom(8 * CHUNK))) {
            store.awaitHeadroom();
            assertThat(store.stats().headroomBytes()).isEqualTo(8 * CHUNK);
            assertThat(store.stats().memUsedTotal()).isZero();
            for (int i = 0; i < 2048; i++) { // 32 chunks
                random.nextBytes(page);
                store.write((long) i * PAGE, MemorySegment.ofArray(page), 0, PAGE);
            }
            PageStoreTest.await(() -> store.stats().headroomBytes() > 4 * CHUNK);
            store.discard(0, 4096L * PAGE);
            PageStoreTest.await(() -> store.stats().headroomBytes() == 8 * CHUNK);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itStaysWithinTheLimit(boolean limitedFirst) throws Exception {
        byte[] page = new byte[PAGE];
        Random random = new Random(2);
        long limit = 6 * CHUNK;
        try (PageStore store = PageStore.open(options(4096).withHeadroom(8 * CHUNK))) {
            if (!limitedFirst) {
                store.awaitHeadroom();
            }
            store.memLimit(limit);
            PageStoreTest.await(() -> store.stats().headroomBytes() <= limit);
            int written = 0;
            try {
                while (true) {
                    random.nextBytes(page);
                    store.write((long) written * PAGE, MemorySegment.ofArray(page), 0, PAGE);
                    written++;
                    StoreStats stats = store.stats();
                    assertThat(stats.memUsedTotal()).isLessThanOrEqualTo(limit);
                }
            } catch (BlockIoException.OutOfSpace full) {
                assertThat(written).isGreaterThan(4 * CHUNK / PAGE - 8);
            }
            PageStoreTest.await(
                    () -> store.stats().headroomBytes() + store.stats().memUsedTotal() <= limit);
        }
    }

    @Test
    void itGrowsAndShrinksOnARunningStore() throws Exception {
        try (PageStore store = PageStore.open(options(4096).withHeadroom(2 * CHUNK))) {
            store.awaitHeadroom();
            store.headroom(12 * CHUNK);
            PageStoreTest.await(() -> store.stats().headroomBytes() == 12 * CHUNK);
            store.headroom(6 * CHUNK);
            assertThat(store.stats().headroomBytes()).isEqualTo(6 * CHUNK);
            store.headroom(Long.MAX_VALUE);
            PageStoreTest.await(() -> store.stats().headroomBytes() > 4096 * PAGE);
        }
    }
}
