package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages of the same content that share a slot: alone, beside writes, moved and damaged. */
class TwinTest {
    private static final int PAGE = Pages.SIZE;
    private static final int COUNT = 64;

    /** Different contents among the pages. */
    private static final int CONTENTS = 5;

    private Path folder;
    private Path file;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("/dev/shm"), "twins");
        file = folder.resolve("pages");
    }

    @AfterEach
    void removeFolder() throws IOException {
        Files.deleteIfExists(file);
        Files.delete(folder);
    }

    private PageStore open() throws IOException {
        return PageStore.open(
                StoreOptions.of("test", (long) COUNT * PAGE).withHeadroom(0).withFile(file));
    }

    private static byte[] content(int page) {
        return RecordPages.of(page % CONTENTS);
    }

    private static void write(PageStore store, int page, byte[] content) {
        store.write((long) page * PAGE, MemorySegment.ofArray(content), 0, PAGE);
    }

    private static byte[] read(PageStore store, int page) {
        byte[] bytes = new byte[PAGE];
        store.read((long) page * PAGE, MemorySegment.ofArray(bytes), 0, PAGE);
        return bytes;
    }

    private static long twins(PageStore store) {
        return store.codecs().stream()
                .filter(share -> share.codec().equals("twin"))
                .mapToLong(CodecShare::pages)
                .sum();
    }

    private static void fill(PageStore store) {
        for (int i = 0; i < COUNT; i++) {
            write(store, i, content(i));
        }
    }

    private static void assertContents(PageStore store) {
        for (int i = 0; i < COUNT; i++) {
            assertThat(read(store, i)).as("page %d", i).isEqualTo(content(i));
        }
    }

    @Test
    void equalPagesShareASlotAlsoAfterAReopen() throws Exception {
        long together;
        try (PageStore store = open()) {
            fill(store);
            long before = store.stats().comprDataSize();
            Deduplication done = store.deduplicate();
            assertThat(done.pagesShared()).isEqualTo(COUNT);
            assertThat(twins(store)).isEqualTo(COUNT);
            store.compact(); // now, so that nothing is counted twice while it moves
            together = store.stats().comprDataSize();
            assertThat(together).isLessThan(before / 5); // eight share one
            assertThat(done.bytesSaved()).isGreaterThan(before / 5 * 4);
            assertContents(store);
            assertThat(store.deduplicate()).isEqualTo(new Deduplication(0, 0));
        }
        try (PageStore store = open()) {
            store.compact();
            assertThat(twins(store)).isEqualTo(COUNT);
            assertThat(store.stats().comprDataSize()).isEqualTo(together);
            assertContents(store);
            store.discard(0, (long) COUNT * PAGE);
            assertThat(store.stats().comprDataSize()).isZero();
        }
        try (PageStore store = open()) {
            assertThat(store.stats().memUsedTotal()).isZero();
        }
    }

    @Test
    void pagesWithoutTwinsAndSameFilledOnesStayAsTheyAre() throws Exception {
        try (PageStore store = open()) {
            for (int i = 0; i < COUNT; i++) {
                write(store, i, i % 2 == 0 ? RecordPages.of(i) : new byte[PAGE]);
            }
            StoreStats before = store.stats();
            assertThat(store.deduplicate()).isEqualTo(new Deduplication(0, 0));
            assertThat(store.stats().comprDataSize()).isEqualTo(before.comprDataSize());
            assertThat(store.stats().samePages()).isEqualTo(COUNT / 2);
        }
    }

    @Test
    void aPageThatIsWrittenLeavesTheOthersAndCompactionKeepsThemTogether() throws Exception {
        int pages = COUNT * 64;
        byte[] noise = new byte[PAGE];
        new Random(2).nextBytes(noise);
        StoreOptions options = StoreOptions.of("test", (long) pages * PAGE).withHeadroom(0);
        try (PageStore store = PageStore.open(options)) {
            for (int i = 0; i < pages; i++) {
                write(store, i, RecordPages.of(i / 8)); // neighbours, so that slots fill chunks
            }
            assertThat(store.deduplicate().pagesShared()).isEqualTo(pages);
            for (int i = 0; i < pages; i++) {
                int slot = i / 8 % 4; // whole, without a page, with one, and gone
                if (slot == 1 && i % 8 == 3) {
                    write(store, i, noise);
                } else if (slot == 3 || (slot == 2 && i % 8 != 5)) {
                    store.discard((long) i * PAGE, PAGE);
                }
            }
            store.compact();
            int left = pages / 4 + pages / 4 / 8 * 7;
            // one that is left alone has a slot of its own again once it was moved
            assertThat(Math.toIntExact(twins(store))).isBetween(left, left + pages / 4 / 8 - 1);
            for (int i = 0; i < pages; i++) {
                int slot = i / 8 % 4;
                byte[] expected = RecordPages.of(i / 8);
                if (slot == 1 && i % 8 == 3) {
                    expected = noise;
                } else if (slot == 3 || (slot == 2 && i % 8 != 5)) {
                    expected = new byte[PAGE];
                }
                assertThat(read(store, i)).as("page %d", i).isEqualTo(expected);
            }
            assertThat(store.stats().failedReads()).isZero();
        }
    }

    @Test
    void aDictionaryStaysForTwinsThatNeedIt() throws Exception {
        int pages = 2048;
        StoreOptions options =
                StoreOptions.of("test", (long) pages * PAGE)
                        .withHeadroom(0)
                        .withTrainer(new LibzstdTrainer())
                        .withFile(file);
        try (PageStore store = PageStore.open(options)) {
            for (int i = 0; i < pages; i++) {
                write(store, i, RecordPages.of(i % (pages / 2)));
            }
            store.recompress(RecompressionRequest.parse("priority=2"));
            assertThat(store.stats().dictionaryBytes()).isPositive();
            assertThat(store.deduplicate().pagesShared()).isGreaterThan(pages / 2);
            store.recompress(RecompressionRequest.parse("priority=2")); // drops what is unused
            assertThat(store.stats().dictionaryBytes()).isPositive();
        }
        try (PageStore store = PageStore.open(options)) {
            for (int i = 0; i < pages; i++) {
                assertThat(read(store, i)).as("page %d", i).isEqualTo(RecordPages.of(i % 1024));
            }
        }
    }

    /** Flips a bit of every byte of a slot and of every entry. */
    @Test
    void aFlippedBitNeverGivesWrongData() throws Exception {
        try (PageStore store = open()) {
            fill(store);
            store.deduplicate();
        }
        StoreHeader header = header();
        int failures = 0;
        try (PageStore store = open();
                RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            for (int page = 0; page < COUNT; page++) {
                long at = header.tableOffset() + page * 8L;
                raw.seek(at);
                long entry = Long.reverseBytes(raw.readLong());
                assertThat(PageEntry.kind(entry)).isEqualTo(PageEntry.TWIN);
                for (int bit = 0; bit < 64; bit++) {
                    flip(raw, at + bit / 8, 1 << bit % 8);
                    failures += oldPageOrFailure(store, page);
                    flip(raw, at + bit / 8, 1 << bit % 8);
                }
                if (PageEntry.place(entry) == 0) {
                    long slot = header.arenaOffset() + PageEntry.address(entry);
                    for (int i = 0; i < PageEntry.share(entry) * 2; i++) {
                        flip(raw, slot + i, 1 << i % 8);
                        failures += oldPageOrFailure(store, page);
                        failures += oldPageOrFailure(store, page + CONTENTS);
                        flip(raw, slot + i, 1 << i % 8);
                    }
                }
            }
        }
        assertThat(failures).as("flips noticed").isPositive();
    }

    /** A read gives a version begun before it ended and not older than one whose write returned. */
    @Test
    void readersAndWritersRaceWithDeduplicationCompactionAndRecompression() throws Exception {
        long seed = Long.getLong("trueno.zram.seed", System.nanoTime());
        System.out.println("seed: -Dtrueno.zram.seed=" + seed);
        AtomicLongArray begun = new AtomicLongArray(COUNT);
        AtomicLongArray returned = new AtomicLongArray(COUNT);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong shared = new AtomicLong();
        try (PageStore store = open();
                ExecutorService pool = Executors.newCachedThreadPool()) {
            for (int page = 0; page < COUNT; page++) {
                write(store, page, version(0));
            }
            List<Future<?>> writers = new ArrayList<>();
            List<Future<?>> others = new ArrayList<>();
            for (int w = 0; w < 2; w++) {
                int writer = w;
                Random random = new Random(seed + w);
                writers.add(
                        pool.submit(() -> {
                            for (int i = 0; i < 20_000; i++) {
                                int page = random.nextInt(COUNT / 2) * 2 + writer;
                                long version = begun.incrementAndGet(page);
                                write(store, page, version(version));
                                returned.set(page, version);
                            }
                        }));
            }
            for (int r = 0; r < 2; r++) {
                Random random = new Random(seed + 100 + r);
                others.add(
                        pool.submit(() -> {
                            while (!stop.get()) {
                                int page = random.nextInt(COUNT);
                                long from = returned.get(page);
                                byte[] got = read(store, page);
                                long to = begun.get(page);
                                boolean known = to - from >= CONTENTS;
                                for (long v = from; v <= to && !known; v++) {
                                    known = Arrays.equals(got, version(v));
                                }
                                assertThat(known).as("page %d, %d to %d", page, from, to).isTrue();
                            }
                        }));
            }
            others.add(
                    pool.submit(() -> {
                        while (!stop.get()) {
                            shared.addAndGet(store.deduplicate().pagesShared());
                        }
                    }));
            others.add(pool.submit(() -> repeat(stop, store::compact)));
            others.add(
                    pool.submit(
                            () -> repeat(stop, () -> store.recompress(RecompressionRequest.ALL))));
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
            assertThat(shared.get()).as("pages that shared").isPositive();
            assertThat(store.stats().failedReads()).isZero();
            for (int page = 0; page < COUNT; page++) {
                assertThat(read(store, page)).isEqualTo(version(returned.get(page)));
            }
        }
    }

    private static void repeat(AtomicBoolean stop, Runnable work) {
        while (!stop.get()) {
            work.run();
        }
    }

    private static byte[] version(long version) {
        return RecordPages.of(version % CONTENTS);
    }

    private StoreHeader header() throws IOException {
        try (StoreFile opened =
                StoreFile.forDevice(
                        "test",
                        (long) COUNT * PAGE,
                        new WriteMethod(Algorithm.LZ4, SelectionPolicy.SPEED),
                        Optional.of(file))) {
            return opened.header();
        }
    }

    private static void flip(RandomAccessFile raw, long at, int mask) throws IOException {
        raw.seek(at);
        int was = raw.read();
        raw.seek(at);
        raw.write(was ^ mask);
    }

    private static int oldPageOrFailure(PageStore store, int page) {
        if (page >= COUNT) {
            return 0;
        }
        byte[] got;
        try {
            got = read(store, page);
        } catch (BlockIoException.StoreFailure noticed) {
            return 1;
        }
        assertThat(Arrays.equals(got, content(page))).as("page %d", page).isTrue();
        return 0;
    }
}
