package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.BlockDeviceContract;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageStoreTest extends BlockDeviceContract {
    private static final int PAGE = Pages.SIZE;

    @Override
    protected BlockDevice open(long sizeBytes) throws Exception {
        return PageStore.open(StoreOptions.of("test", sizeBytes));
    }

    private static PageStore store(long pages, Algorithm algorithm, long memLimit)
            throws IOException {
        return PageStore.open(
                new StoreOptions("test", pages * PAGE, algorithm, SimdBackend.detect(), memLimit));
    }

    @Test
    void countersFallOnOverwriteAndDiscard() throws Exception {
        byte[] real = SamplePages.all().get(200);
        byte[] random = new byte[PAGE];
        new Random(1).nextBytes(random);
        try (PageStore store = store(16, Algorithm.LZ4, 0)) {
            write(store, 0, real);
            long packed = store.stats().comprDataSize();
            assertThat(packed).isPositive().isLessThan(PAGE);
            assertThat(store.stats().origDataSize()).isEqualTo(PAGE);

            write(store, PAGE, random);
            assertThat(store.stats().comprDataSize()).isEqualTo(packed + PAGE);
            assertThat(store.stats().hugePages()).isEqualTo(1);

            for (int i = 0; i < 10; i++) {
                write(store, 0, real);
            }
            assertThat(store.stats().comprDataSize()).isEqualTo(packed + PAGE);
            assertThat(store.stats().origDataSize()).isEqualTo(2 * PAGE);

            write(store, PAGE, new byte[PAGE]);
            assertThat(store.stats().hugePages()).isZero();
            assertThat(store.stats().hugePagesSince()).isEqualTo(1);
            assertThat(store.stats().samePages()).isEqualTo(1);
            assertThat(store.stats().comprDataSize()).isEqualTo(packed);

            store.discard(0, 16 * PAGE);
            assertThat(store.stats().origDataSize()).isZero();
            assertThat(store.stats().comprDataSize()).isZero();
            assertThat(store.stats().samePages()).isZero();
            assertThat(store.stats().notifyFree()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                -1,
                0x4141414141414141L,
                42,
                -42,
                0x1234567812345678L,
                1L << 40,
                0x0123456789abcdefL
            })
    void sameFilledPagesComeBackWhateverTheirWord(long word) throws Exception {
        byte[] page = new byte[PAGE];
        for (int i = 0; i < PAGE; i++) {
            page[i] = (byte) (word >>> (8 * (i & 7)));
        }
        try (PageStore store = store(4, Algorithm.LZ4, 0)) {
            write(store, PAGE, page);
            assertThat(read(store, PAGE, PAGE, (byte) 3)).isEqualTo(page);
            assertThat(store.stats().samePages()).isEqualTo(1);
            assertThat(store.stats().comprDataSize()).isZero();
        }
    }

    @Test
    void discardedMemoryGoesBackToTheSystem() throws Exception {
        List<byte[]> pages = SamplePages.all();
        try (PageStore store = store(8192, Algorithm.LZ4, 0)) {
            for (int i = 0; i < 8192; i++) {
                write(store, (long) i * PAGE, pages.get(i % pages.size()));
            }
            long full = store.stats().memUsedTotal();
            assertThat(full).isGreaterThan(4L << 20);
            store.discard(0, 4096L * PAGE);
            await(() -> store.stats().memUsedTotal() < full * 6 / 10);
            for (int i = 4096; i < 8192; i++) {
                assertThat(read(store, (long) i * PAGE, PAGE, (byte) 1))
                        .isEqualTo(pages.get(i % pages.size()));
            }
        }
    }

    @Test
    void scatteredDiscardsAreCompactedAway() throws Exception {
        List<byte[]> pages = SamplePages.all();
        try (PageStore store = store(8192, Algorithm.LZ4, 0)) {
            for (int i = 0; i < 8192; i++) {
                write(store, (long) i * PAGE, pages.get(i % pages.size()));
            }
            long full = store.stats().memUsedTotal();
            for (int i = 0; i < 8192; i += 2) {
                store.discard((long) i * PAGE, PAGE);
            }
            long saved = store.compact();
            long used = store.stats().memUsedTotal();
            assertThat(used).isLessThan(full * 6 / 10);
            assertThat(store.stats().pagesCompacted()).isPositive();
            assertThat(saved).isGreaterThanOrEqualTo(0);
            for (int i = 1; i < 8192; i += 2) {
                assertThat(read(store, (long) i * PAGE, PAGE, (byte) 1))
                        .isEqualTo(pages.get(i % pages.size()));
            }
        }
    }

    @Test
    void overwritingAgainAndAgainDoesNotGrowTheArena() throws Exception {
        List<byte[]> pages = SamplePages.all();
        Random random = new Random(seed());
        try (PageStore store = store(2048, Algorithm.LZ4, 0)) {
            for (int i = 0; i < 40 * 2048; i++) {
                write(
                        store,
                        (long) random.nextInt(2048) * PAGE,
                        pages.get(random.nextInt(pages.size())));
            }
            long live = store.stats().comprDataSize();
            await(() -> store.stats().memUsedTotal() < live * 1.2 + 10 * SlotArena.CHUNK);
        }
    }

    @Test
    void atTheLimitAWriteFailsAndTheOldPageStays() throws Exception {
        byte[] random = new byte[PAGE];
        Random source = new Random(seed());
        try (PageStore store = store(4096, Algorithm.LZ4, 4 * SlotArena.CHUNK)) {
            source.nextBytes(random);
            byte[] first = random.clone();
            write(store, 0, first);
            int written = 1;
            BlockIoException refused = null;
            while (refused == null && written < 4096) {
                source.nextBytes(random);
                try {
                    write(store, (long) written * PAGE, random);
                    written++;
                } catch (BlockIoException.OutOfSpace e) {
                    refused = e;
                }
            }
            assertThat(refused).hasMessageContaining("mem_limit");
            assertThat(store.stats().memUsedTotal()).isLessThanOrEqualTo(4 * SlotArena.CHUNK);
            assertThat(store.stats().failedWrites()).isEqualTo(1);
            assertThat(read(store, (long) written * PAGE, PAGE, (byte) 1)).containsOnly(0);
            assertThatThrownBy(() -> write(store, 0, random))
                    .isInstanceOf(BlockIoException.OutOfSpace.class);
            assertThat(read(store, 0, PAGE, (byte) 1)).isEqualTo(first);

            store.memLimit(0);
            write(store, 0, random);
            assertThat(read(store, 0, PAGE, (byte) 1)).isEqualTo(random);
        }
    }

    @Test
    void overwritesUnderALimitMakeRoomInsteadOfFailing() throws Exception {
        byte[] page = new byte[PAGE];
        Random source = new Random(seed());
        int live = 2 * SlotArena.CHUNK / PAGE; // incompressible, so these fill two chunks of six
        try (PageStore store = store(live, Algorithm.LZ4, 6 * SlotArena.CHUNK)) {
            for (int i = 0; i < 100 * live; i++) {
                source.nextBytes(page);
                int target = source.nextInt(live);
                write(store, (long) target * PAGE, page);
                assertThat(read(store, (long) target * PAGE, PAGE, (byte) 1)).isEqualTo(page);
            }
            assertThat(store.stats().failedWrites()).isZero();
            assertThat(store.stats().memUsedMax()).isLessThanOrEqualTo(6 * SlotArena.CHUNK);
        }
    }

    @Test
    void overwritingBelowTheLimitGoesOnForEver() throws Exception {
        List<byte[]> pages = SamplePages.all();
        Random random = new Random(seed());
        try (PageStore store = store(2048, Algorithm.LZ4, 0)) {
            for (int i = 0; i < 2048; i++) {
                write(store, (long) i * PAGE, pages.get(i % pages.size()));
            }
            // open chunks, and one kept for the compactor, are part of what is limited
            store.memLimit(store.stats().memUsedTotal() + 5 * SlotArena.CHUNK);
            for (int i = 0; i < 20 * 2048; i++) {
                int page = random.nextInt(2048);
                write(store, (long) page * PAGE, pages.get(page % pages.size()));
            }
            assertThat(store.stats().memUsedTotal()).isLessThanOrEqualTo(store.stats().memLimit());
            assertThat(store.stats().failedWrites()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lz4", "lz4(level=8)", "zstd1", "zstd3", "none", "adaptive"})
    void everyAlgorithmKeepsRealPages(String algorithm) throws Exception {
        List<byte[]> pages = SamplePages.all();
        try (PageStore store = store(pages.size(), Algorithm.parse(algorithm), 0)) {
            for (int i = 0; i < pages.size(); i++) {
                write(store, (long) i * PAGE, pages.get(i));
            }
            for (int i = 0; i < pages.size(); i++) {
                assertThat(read(store, (long) i * PAGE, PAGE, (byte) 1)).isEqualTo(pages.get(i));
            }
        }
    }

    @Test
    void anAlgorithmWithoutACodecIsRefusedWhenTheStoreIsOpened() throws Exception {
        assertThatThrownBy(() -> store(1, Algorithm.zstd(22), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("level=22");
    }

    @Test
    void everyPolicyKeepsRealPagesInLessMemoryThanTheOneBefore() throws Exception {
        List<byte[]> pages = SamplePages.all();
        long before = Long.MAX_VALUE;
        for (SelectionPolicy policy : SelectionPolicy.values()) {
            StoreOptions options =
                    StoreOptions.of("test", (long) pages.size() * PAGE).withPolicy(policy);
            try (PageStore store = PageStore.open(options)) {
                for (int i = 0; i < pages.size(); i++) {
                    write(store, (long) i * PAGE, pages.get(i));
                }
                for (int i = 0; i < pages.size(); i++) {
                    assertThat(read(store, (long) i * PAGE, PAGE, (byte) 1))
                            .isEqualTo(pages.get(i));
                }
                assertThat(store.stats().comprDataSize()).as("%s", policy).isLessThan(before);
                before = store.stats().comprDataSize();
            }
        }
    }

    @Test
    void thePolicyChangesForNewPages() throws Exception {
        byte[] page = SamplePages.all().get(300);
        StoreOptions options = StoreOptions.of("test", 4 * PAGE).withPolicy(SelectionPolicy.SPEED);
        try (PageStore store = PageStore.open(options)) {
            write(store, 0, page);
            long packed = store.stats().comprDataSize();
            store.policy(SelectionPolicy.RATIO);
            write(store, PAGE, page);
            assertThat(store.stats().comprDataSize()).isLessThan(2 * packed);
            assertThat(read(store, PAGE, PAGE, (byte) 1)).isEqualTo(page);
        }
    }

    @Test
    void theAlgorithmChangesForNewPagesOnly() throws Exception {
        byte[] page = SamplePages.all().get(300);
        try (PageStore store = store(4, Algorithm.LZ4, 0)) {
            write(store, 0, page);
            long packed = store.stats().comprDataSize();
            store.algorithm(Algorithm.NONE);
            write(store, PAGE, page);
            assertThat(store.stats().comprDataSize()).isEqualTo(packed + PAGE);
            assertThat(read(store, 0, PAGE, (byte) 1)).isEqualTo(page);
            assertThat(read(store, PAGE, PAGE, (byte) 1)).isEqualTo(page);
        }
    }

    @Test
    void everyPageIsCountedWithItsCodec() throws Exception {
        byte[] real = SamplePages.all().get(200);
        byte[] random = new byte[PAGE];
        new Random(1).nextBytes(random);
        byte[] word = new byte[PAGE];
        for (int i = 0; i < PAGE; i++) {
            word[i] = (byte) (i & 7); // takes a slot of eight bytes
        }
        try (PageStore store = store(16, Algorithm.LZ4, 0)) {
            write(store, 0, real);
            store.algorithm(Algorithm.zstd(1));
            write(store, PAGE, real);
            write(store, 2 * PAGE, random);
            write(store, 3 * PAGE, word);
            write(store, 4 * PAGE, new byte[PAGE]);
            assertThat(store.codecs())
                    .extracting(CodecShare::codec, CodecShare::pages)
                    .contains(
                            tuple("same-fill", 2L),
                            tuple("none", 1L),
                            tuple("lz4", 1L),
                            tuple("zstd", 1L));
            long packed = store.codecs().stream().mapToLong(CodecShare::packedBytes).sum();
            assertThat(packed).isEqualTo(store.stats().comprDataSize() + Long.BYTES);
            store.discard(0, 16 * PAGE);
            assertThat(store.codecs())
                    .allSatisfy(share -> {
                        assertThat(share.pages()).as(share.codec()).isZero();
                        assertThat(share.packedBytes()).as(share.codec()).isZero();
                    });
        }
    }

    @Test
    void requestsAreTimedUnlessToldOtherwise() throws Exception {
        byte[] real = SamplePages.all().get(200);
        try (PageStore store = store(16, Algorithm.LZ4, 0)) {
            assertThat(store.readLatency().count()).isZero();
            for (int i = 0; i < 16; i++) {
                write(store, (long) i * PAGE, real);
                read(store, (long) i * PAGE, PAGE, (byte) 0);
            }
            read(store, 0, 16 * PAGE, (byte) 0);
            write(store, 0, Arrays.copyOf(real, 2 * PAGE));
            LatencyStats writes = store.writeLatency();
            assertThat(writes.count()).isEqualTo(17); // a sample counts for eight
            assertThat(writes.p50Nanos()).isPositive().isLessThanOrEqualTo(writes.maxNanos());
            assertThat(writes.sumNanos()).isGreaterThanOrEqualTo(writes.maxNanos());
            assertThat(writes.buckets().getLast().count()).isEqualTo(17);
            assertThat(store.readLatency().count()).isEqualTo(17);
            store.timeRequests(false);
            write(store, 0, real);
            read(store, 0, 16 * PAGE, (byte) 0);
            assertThat(store.writeLatency().count()).isEqualTo(17);
            assertThat(store.readLatency().count()).isEqualTo(17);
        }
    }

    @Test
    void theSoftLimitIsToldOnceForEachTimeItIsReached() throws Exception {
        byte[] page = new byte[PAGE];
        Random random = new Random(seed());
        AtomicInteger told = new AtomicInteger();
        try (PageStore store = store(4096, Algorithm.LZ4, 0)) {
            store.softLimit(4 * SlotArena.CHUNK);
            store.onSoftLimit(told::incrementAndGet);
            for (int time = 1; time <= 2; time++) {
                for (int i = 0; i < 8 * SlotArena.CHUNK / PAGE; i++) {
                    random.nextBytes(page);
                    write(store, (long) i * PAGE, page);
                }
                int times = time;
                await(() -> told.get() == times);
                assertThat(store.stats().softLimitEvents()).isEqualTo(time);
                store.discard(0, 4096L * PAGE);
                await(() -> store.stats().memUsedTotal() <= 3 * SlotArena.CHUNK);
            }
            store.softLimit(0);
            write(store, 0, page);
            assertThat(told.get()).isEqualTo(2);
        }
    }

    @Tag("fresh-jvm")
    @Test
    void storesAndLoadsAllocateNothing() throws Exception {
        List<byte[]> samples = SamplePages.all();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PageStore store = store(1024, Algorithm.LZ4, 0);
                Arena arena = Arena.ofConfined()) {
            MemorySegment pages = arena.allocate((long) samples.size() * PAGE);
            for (int i = 0; i < samples.size(); i++) {
                MemorySegment.copy(
                        MemorySegment.ofArray(samples.get(i)), 0, pages, (long) i * PAGE, PAGE);
            }
            MemorySegment target = arena.allocate(PAGE);
            // until the compiler has seen the rare pages often enough, too: vectors are objects
            // before they are registers
            storeAndLoad(store, arena.allocate(PAGE), target, 50_000);
            storeAndLoad(store, pages, target, 50_000);
            long allocated = Long.MAX_VALUE;
            for (int i = 0; i < 8 && allocated >= 200_000; i++) { // until all of it is compiled
                long before = threads.getCurrentThreadAllocatedBytes();
                storeAndLoad(store, pages, target, 100_000);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            // once per chunk of 128 KiB, which holds some 75 pages, bookkeeping may allocate
            assertThat(allocated).as("bytes for 100 000 stores and loads").isLessThan(200_000);
        }
    }

    private static void storeAndLoad(
            PageStore store, MemorySegment pages, MemorySegment target, int count) {
        int samples = (int) (pages.byteSize() / PAGE);
        for (int i = 0; i < count; i++) {
            store.write((long) (i * 7 & 1023) * PAGE, pages, (long) (i % samples) * PAGE, PAGE);
            store.read((long) (i * 13 & 1023) * PAGE, target, 0, PAGE);
        }
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
