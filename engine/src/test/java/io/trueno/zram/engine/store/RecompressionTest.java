package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SelectionPolicy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What recompression, idle marks and dictionaries do to a store. */
class RecompressionTest {
    private static final int PAGE = Pages.SIZE;
    private static final List<byte[]> SAMPLES = SamplePages.all();
    private static final int RECORD_PAGES = 2048;

    private static PageStore open(long pages) throws IOException {
        return PageStore.open(
                StoreOptions.of("test", pages * PAGE).withTrainer(new LibzstdTrainer()));
    }

    private static void write(PageStore store, long page, byte[] content) {
        store.write(page * PAGE, MemorySegment.ofArray(content), 0, PAGE);
    }

    private static byte[] read(PageStore store, long page) {
        byte[] bytes = new byte[PAGE];
        store.read(page * PAGE, MemorySegment.ofArray(bytes), 0, PAGE);
        return bytes;
    }

    private static void fillWithRecords(PageStore store) {
        for (int i = 0; i < RECORD_PAGES; i++) {
            write(store, i, RecordPages.of(i));
        }
    }

    private static void assertRecords(PageStore store) {
        for (int i = 0; i < RECORD_PAGES; i++) {
            assertThat(read(store, i)).as("page %d", i).isEqualTo(RecordPages.of(i));
        }
    }

    @Test
    void recompressedPagesReadBackAndTakeLess() throws Exception {
        try (PageStore store = open(SAMPLES.size())) {
            for (int i = 0; i < SAMPLES.size(); i++) {
                write(store, i, SAMPLES.get(i));
            }
            StoreStats before = store.stats();
            Recompression done = store.recompress(RecompressionRequest.ALL);
            store.compact();
            StoreStats after = store.stats();
            assertThat(done.pagesGained()).isGreaterThan(SAMPLES.size() / 2);
            assertThat(done.pagesTried()).isGreaterThanOrEqualTo(done.pagesGained());
            assertThat(done.bytesSaved()).isPositive();
            assertThat(after.comprDataSize()).isLessThan(before.comprDataSize() * 8 / 10);
            assertThat(after.memUsedTotal()).isLessThanOrEqualTo(before.memUsedTotal());
            assertThat(after.origDataSize()).isEqualTo(before.origDataSize());
            for (int i = 0; i < SAMPLES.size(); i++) {
                assertThat(read(store, i)).as("page %d", i).isEqualTo(SAMPLES.get(i));
            }
            assertThat(store.recompressed()).isEqualTo(done);
        }
    }

    @Test
    void onlyIdlePagesAreTakenAndUseEndsIdleness() throws Exception {
        try (PageStore store = open(64)) {
            for (int i = 0; i < 64; i++) {
                write(store, i, RecordPages.of(i));
            }
            write(store, 63, new byte[PAGE]); // same-filled: takes no memory, is never idle
            RecompressionRequest idle = RecompressionRequest.parse("type=idle");
            assertThat(store.recompress(idle).pagesTried()).isZero();
            assertThat(store.markIdle(0)).isEqualTo(63);
            read(store, 7);
            write(store, 8, RecordPages.of(1000));
            assertThat(store.recompress(idle).pagesTried()).isEqualTo(61);
            assertThat(store.recompress(idle).pagesTried()).isZero();
        }
    }

    @Test
    void pagesUsedJustNowAreNotOfAnyAge() throws Exception {
        try (PageStore store = open(16)) {
            write(store, 3, RecordPages.of(3));
            assertThat(store.markIdle(60)).isZero();
            assertThat(store.markIdle(0)).isEqualTo(1);
            assertThatThrownBy(() -> store.markIdle(PageStore.MAX_IDLE_SECONDS + 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("43200 seconds");
        }
    }

    @Test
    void largestPagesComeFirstAndTheirNumberIsLimited() throws Exception {
        byte[] large = RecordPages.of(1);
        byte[] small = new byte[PAGE];
        System.arraycopy(large, 0, small, 0, PAGE / 4);
        try (PageStore store = open(64)) {
            for (int i = 0; i < 64; i++) {
                write(store, i, i < 60 ? small : large);
            }
            long before = store.stats().comprDataSize();
            Recompression done = store.recompress(RecompressionRequest.parse("max_pages=4"));
            assertThat(done.pagesTried()).isEqualTo(4);
            assertThat(done.bytesSaved()).isPositive();
            assertThat(store.stats().comprDataSize()).isLessThan(before);
            done = store.recompress(RecompressionRequest.parse("threshold=1200"));
            assertThat(done.pagesTried()).as("the large ones are done").isZero();
        }
    }

    @Test
    void hugePagesAloneAreTakenWhenAskedFor() throws Exception {
        byte[] noise = new byte[PAGE];
        new Random(3).nextBytes(noise);
        try (PageStore store = open(8)) {
            write(store, 0, noise);
            write(store, 1, RecordPages.of(1));
            Recompression done = store.recompress(RecompressionRequest.parse("type=huge"));
            assertThat(done).isEqualTo(new Recompression(1, 0, 0));
            assertThat(read(store, 0)).isEqualTo(noise);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    type=cold | unknown type 'cold': use idle, huge or huge_idle
                    threshold=4095 | threshold must be below 4032 bytes
                    threshold=-1 | threshold must be a number
                    max_pages=many | max_pages must be a number
                    priority=4 | priority must be a number from 0 to 3
                    algo=lz5 | unknown algorithm 'lz5'
                    algo=adaptive | pages are not recompressed with adaptive
                    quickly | unknown word 'quickly'
                    """)
    void aRequestThatMakesNoSenseIsRefused(String line, String reason) {
        assertThatThrownBy(() -> RecompressionRequest.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void theAlgorithmAskedForIsUsed() throws Exception {
        try (PageStore store = open(SAMPLES.size())) {
            for (int i = 0; i < SAMPLES.size(); i++) {
                write(store, i, SAMPLES.get(i));
            }
            Recompression lz4hc = store.recompress(RecompressionRequest.parse("algo=lz4hc"));
            assertThat(lz4hc.pagesGained()).isPositive();
            Recompression zstd = store.recompress(RecompressionRequest.parse("algo=zstd"));
            assertThat(zstd.bytesSaved()).isGreaterThan(lz4hc.bytesSaved());
            for (int i = 0; i < SAMPLES.size(); i++) {
                assertThat(read(store, i)).as("page %d", i).isEqualTo(SAMPLES.get(i));
            }
        }
    }

    @Test
    void aDictionaryIsMadeThatPaysAndGoesWithItsLastPage() throws Exception {
        try (PageStore store = open(RECORD_PAGES)) {
            fillWithRecords(store);
            store.recompress(RecompressionRequest.parse("priority=1"));
            assertThat(store.stats().dictionaryBytes()).isZero();
            long without = store.stats().comprDataSize();
            store.recompress(RecompressionRequest.parse("priority=2"));
            StoreStats with = store.stats();
            assertThat(with.dictionaryBytes()).isPositive();
            assertThat(with.comprDataSize() + with.dictionaryBytes()).isLessThan(without);
            assertRecords(store);

            store.discard(0, (long) RECORD_PAGES * PAGE);
            store.recompress(RecompressionRequest.ALL);
            assertThat(store.stats().dictionaryBytes()).isZero();
        }
    }

    @Test
    void theBackgroundRecompressesUnderAPolicyThatAsksForIt() throws Exception {
        StoreOptions options =
                StoreOptions.of("test", (long) RECORD_PAGES * PAGE)
                        .withPolicy(SelectionPolicy.RATIO);
        try (PageStore store = PageStore.open(options)) {
            fillWithRecords(store);
            store.recompression(new RecompressionSettings(1, 0));
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (store.recompressed().pagesTried() == 0) {
                assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
                LockSupport.parkNanos(10_000_000);
            }
            assertRecords(store);
        }
    }

    @Test
    void pagesOfADictionaryAreReadAfterAReopenAndNotWithADamagedOne() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("/dev/shm"), "recompress");
        Path file = folder.resolve("pages");
        StoreOptions options =
                StoreOptions.of("test", (long) RECORD_PAGES * PAGE)
                        .withTrainer(new LibzstdTrainer())
                        .withFile(file);
        try {
            long dictionaryBytes;
            try (PageStore store = PageStore.open(options)) {
                fillWithRecords(store);
                store.recompress(RecompressionRequest.parse("priority=2"));
                dictionaryBytes = store.stats().dictionaryBytes();
                assertThat(dictionaryBytes).isPositive();
            }
            try (PageStore store = PageStore.open(options)) {
                assertRecords(store);
                assertThat(store.stats().dictionaryBytes()).isEqualTo(dictionaryBytes);
                write(store, 5, SAMPLES.get(0));
            }
            for (long at : new long[] {StoreHeader.dictionariesOffset() + 100, 512 + 5, 512}) {
                flip(file, at);
                try (PageStore store = PageStore.open(options)) {
                    assertThatThrownBy(() -> read(store, 6))
                            .isInstanceOf(BlockIoException.StoreFailure.class)
                            .hasMessageContaining("its dictionary is missing or damaged");
                    assertThat(store.stats().failedReads()).isEqualTo(1);
                    assertThat(read(store, 5)).isEqualTo(SAMPLES.get(0));
                }
                flip(file, at);
            }
            try (PageStore store = PageStore.open(options)) {
                assertThat(read(store, 6)).isEqualTo(RecordPages.of(6));
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(at);
            int was = raw.read();
            raw.seek(at);
            raw.write(was ^ 4);
        }
    }
}
