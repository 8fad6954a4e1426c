package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers, writers, the compactor and recompression with dictionaries on the same pages. Every page
 * written carries a stamp (page number and version) at both ends and in the middle, around real
 * page content that the version selects. A read must give one whole version: none older than the
 * newest whose write had returned before the read began, none newer than the newest begun.
 */
class PageStoreConcurrencyTest {
    private static final int PAGE = Pages.SIZE;
    private static final int PAGES = 1536;
    private static final int WRITES = 12_000;
    private static final List<byte[]> SAMPLES = SamplePages.all();

    /** From here on all pages gain much together. */
    private static final int CLUSTERED = PAGES / 4 * 3;

    /** Pages written before the race, so that there is enough to train a dictionary on. */
    private static final int FIRST_VERSIONS = 1;

    @TempDir Path folder;

    private final AtomicLongArray begun = new AtomicLongArray(PAGES);
    private final AtomicLongArray returned = new AtomicLongArray(PAGES);
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void aReadGivesOneVersionThatIsNotStale() throws Exception {
        long seed = Long.getLong("trueno.zram.seed", System.nanoTime());
        System.out.println("seed: -Dtrueno.zram.seed=" + seed);
        StoreOptions options =
                StoreOptions.of("test", (long) PAGES * PAGE).withTrainer(new LibzstdTrainer());
        try (PageStore store = PageStore.open(options);
                ExecutorService pool = Executors.newCachedThreadPool()) {
            writeAll(store);
            store.recompress(RecompressionRequest.ALL); // the race is about clusters too
            assertThat(store.stats().dictionaryBytes()).isPositive();
            assertThat(store.codecs())
                    .anyMatch(share -> share.codec().equals("zstd-cluster") && share.pages() > 0);
            List<Future<?>> writers = new ArrayList<>();
            List<Future<?>> others = new ArrayList<>();
            for (int w = 0; w < 2; w++) {
                int writer = w;
                writers.add(pool.submit(() -> write(store, writer, new Random(seed + writer))));
            }
            for (int r = 0; r < 3; r++) {
                Random random = new Random(seed + 100 + r);
                others.add(pool.submit(() -> read(store, random)));
            }
            others.add(
                    pool.submit(() -> {
                        while (!stop.get()) {
                            store.compact();
                        }
                    }));
            store.backing(folder.resolve("backing"), false);
            WritebackRequest half = WritebackRequest.parse("page_indexes=0-" + PAGES / 2);
            AtomicLong writtenBack = new AtomicLong();
            others.add(
                    pool.submit(() -> {
                        while (!stop.get()) {
                            WritebackResult result = store.writeback(half);
                            assertThat(result.stopped()).isEmpty();
                            writtenBack.addAndGet(result.pages());
                        }
                    }));
            others.add(
                    pool.submit(() -> {
                        while (!stop.get()) {
                            store.recompress(RecompressionRequest.ALL);
                        }
                    }));
            try {
                for (Future<?> writer : writers) {
                    writer.get();
                }
            } finally {
                stop.set(true);
            }
            for (Future<?> other : others) {
                other.get();
            }
            assertThat(store.stats().failedReads()).isZero();
            assertThat(store.recompressed().pagesGained()).isPositive();
            assertThat(writtenBack.get()).as("pages written back").isPositive();
            assertThat(store.backingStats().bdReads()).isPositive();
        }
    }

    private void writeAll(PageStore store) {
        MemorySegment buffer = MemorySegment.ofArray(new long[PAGE / Long.BYTES]);
        for (int page = 0; page < PAGES; page++) {
            begun.set(page, FIRST_VERSIONS);
            fill(buffer, page, FIRST_VERSIONS);
            store.write((long) page * PAGE, buffer, 0, PAGE);
            returned.set(page, FIRST_VERSIONS);
        }
    }

    /** Each writer owns every second page, so that versions of a page have one order. */
    private void write(PageStore store, int writer, Random random) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(PAGE);
            for (int i = 0; i < WRITES; i++) {
                int page = random.nextInt(PAGES / 2) * 2 + writer;
                long version = begun.incrementAndGet(page);
                fill(buffer, page, version);
                if (version % 5 == 0) {
                    // in two parts: readers may see the first without the second
                    begun.incrementAndGet(page);
                    store.discard((long) page * PAGE, PAGE);
                    store.write((long) page * PAGE, buffer, 0, PAGE);
                    returned.set(page, version + 1);
                } else {
                    store.write((long) page * PAGE, buffer, 0, PAGE);
                    returned.set(page, version);
                }
            }
        }
    }

    private void read(PageStore store, Random random) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(PAGE);
            MemorySegment expected = arena.allocate(PAGE);
            while (!stop.get()) {
                int page = random.nextInt(PAGES);
                long oldest = returned.get(page);
                store.read((long) page * PAGE, buffer, 0, PAGE);
                long newest = begun.get(page);
                long version = buffer.get(ValueLayout.JAVA_LONG, 8);
                if (version == 0) {
                    // never written, or between a discard and its write
                    assertThat(buffer.mismatch(MemorySegment.ofArray(new byte[PAGE])))
                            .isEqualTo(-1);
                    continue;
                }
                assertThat(version).as("page %d", page).isBetween(oldest - 1, newest);
                fill(expected, page, version);
                assertThat(buffer.mismatch(expected))
                        .as("page %d version %d is whole", page, version)
                        .isEqualTo(-1);
            }
        }
    }

    private static void fill(MemorySegment buffer, int page, long version) {
        if (version % 3 == 0 && page < CLUSTERED) {
            byte[] sample = SAMPLES.get((int) ((page * 31L + version) % SAMPLES.size()));
            buffer.copyFrom(MemorySegment.ofArray(sample));
        } else {
            buffer.copyFrom(MemorySegment.ofArray(RecordPages.of(page * 1000L + version)));
        }
        for (int at : new int[] {0, PAGE / 2, PAGE - 16}) {
            buffer.set(ValueLayout.JAVA_LONG, at, page + 1L);
            buffer.set(ValueLayout.JAVA_LONG, at + 8, version);
        }
    }

    /** Threads that change different bytes of the same pages lose none of each other's changes. */
    @Test
    void partWritesOfOnePageDoNotLoseEachOther() throws Exception {
        int threads = 4;
        int rounds = 3_000;
        try (PageStore store = PageStore.open(StoreOptions.of("test", 2L * PAGE));
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            store.write(0, MemorySegment.ofArray(SAMPLES.get(10)), 0, PAGE);
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int at = t * 1000 + 3; // the last one spans both pages
                running.add(
                        pool.submit(() -> {
                            byte[] bytes = new byte[1000];
                            byte[] got = new byte[1000];
                            for (int i = 0; i < rounds; i++) {
                                Arrays.fill(bytes, (byte) i);
                                store.write(at, MemorySegment.ofArray(bytes), 0, 1000);
                                store.read(at, MemorySegment.ofArray(got), 0, 1000);
                                assertThat(got).isEqualTo(bytes);
                            }
                        }));
            }
            for (Future<?> thread : running) {
                thread.get();
            }
        }
    }
}
