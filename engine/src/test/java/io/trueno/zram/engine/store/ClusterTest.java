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
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages that recompression packs together: alone, beside writes, moved, dissolved and damaged. */
class ClusterTest {
    private static final int PAGE = Pages.SIZE;
    private static final int COUNT = 64;

    private Path folder;
    private Path file;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("/dev/shm"), "clusters");
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

    /** Pages of one program, which gain much together. */
    private static byte[] content(int page) {
        return RecordPages.of(page);
    }

    private static void write(PageStore store, int page, byte[] content) {
        store.write((long) page * PAGE, MemorySegment.ofArray(content), 0, PAGE);
    }

    private static byte[] read(PageStore store, int page) {
        byte[] bytes = new byte[PAGE];
        store.read((long) page * PAGE, MemorySegment.ofArray(bytes), 0, PAGE);
        return bytes;
    }

    private static long clustered(PageStore store) {
        return store.codecs().stream()
                .filter(share -> share.codec().equals("zstd-cluster"))
                .mapToLong(CodecShare::pages)
                .sum();
    }

    private static void fillAndCluster(PageStore store) {
        for (int i = 0; i < COUNT; i++) {
            write(store, i, content(i));
        }
        store.recompress(RecompressionRequest.ALL);
        assertThat(clustered(store)).as("pages in clusters").isGreaterThan(COUNT / 2);
    }

    private static void assertContents(PageStore store) {
        for (int i = 0; i < COUNT; i++) {
            assertThat(read(store, i)).as("page %d", i).isEqualTo(content(i));
        }
    }

    @Test
    void neighboursTakeLessTogetherAndReadBackOneByOne() throws Exception {
        try (PageStore store = open()) {
            fillAndCluster(store);
            long together = store.stats().comprDataSize();
            assertContents(store);
            for (int i = 0; i < COUNT; i++) {
                write(store, i, content(i));
            }
            assertThat(clustered(store)).isZero();
            // a limit is about single pages, so there are no clusters
            store.recompress(RecompressionRequest.parse("max_pages=" + COUNT));
            assertThat(clustered(store)).isZero();
            assertThat(store.stats().comprDataSize()).isGreaterThan(together);
        }
    }

    @Test
    void aPageThatIsReadOftenLeavesItsCluster() throws Exception {
        try (PageStore store = open()) {
            fillAndCluster(store);
            long before = clustered(store);
            for (int page = 0; page < COUNT; page += 2) {
                assertThat(read(store, page)).isEqualTo(content(page));
            }
            int[] often = {8, 9, 17};
            for (int page : often) {
                assertThat(read(store, page)).isEqualTo(content(page));
                assertThat(read(store, page)).isEqualTo(content(page));
            }
            store.policy(SelectionPolicy.RATIO);
            store.recompression(new RecompressionSettings(1, 4)); // looks each second
            PageStoreTest.await(() -> clustered(store) == before - often.length);
            assertContents(store);
        }
    }

    @Test
    void clustersAreThereAfterAReopen() throws Exception {
        long together;
        try (PageStore store = open()) {
            fillAndCluster(store);
            together = clustered(store);
        }
        try (PageStore store = open()) {
            assertThat(clustered(store)).isEqualTo(together);
            assertContents(store);
        }
    }

    @Test
    void aWriteToOnePageLeavesTheOthersOfItsCluster() throws Exception {
        byte[] noise = new byte[PAGE];
        new Random(2).nextBytes(noise);
        try (PageStore store = open()) {
            fillAndCluster(store);
            long before = clustered(store);
            for (int page = 1; page < COUNT; page += 8) {
                write(store, page, noise);
                store.discard((page + 1L) * PAGE, PAGE);
                store.write((page + 2L) * PAGE + 100, MemorySegment.ofArray(noise), 0, 10);
            }
            assertThat(clustered(store)).isLessThan(before).isPositive();
            for (int i = 0; i < COUNT; i++) {
                byte[] expected = content(i).clone();
                if (i % 8 == 1) {
                    expected = noise;
                } else if (i % 8 == 2) {
                    expected = new byte[PAGE];
                } else if (i % 8 == 3) {
                    System.arraycopy(noise, 0, expected, 100, 10);
                }
                assertThat(read(store, i)).as("page %d", i).isEqualTo(expected);
            }
        }
    }

    @Test
    void theMemoryOfAClusterGoesWithItsLastPage() throws Exception {
        try (PageStore store = open()) {
            fillAndCluster(store);
            store.discard(0, (long) COUNT * PAGE);
            assertThat(store.stats().comprDataSize()).isZero();
            assertThat(clustered(store)).isZero();
        }
        try (PageStore store = open()) {
            assertThat(store.stats().memUsedTotal()).isZero();
        }
    }

    @Test
    void compactionMovesWholeClustersAndDissolvesOthers() throws Exception {
        int copies = 24;
        int pages = COUNT * copies;
        StoreOptions options = StoreOptions.of("test", (long) pages * PAGE);
        try (PageStore store = PageStore.open(options.withHeadroom(0))) {
            for (int i = 0; i < pages; i++) {
                write(store, i, content(i % COUNT));
            }
            store.recompress(RecompressionRequest.ALL);
            long before = clustered(store);
            assertThat(before).isGreaterThan(pages / 2);
            for (int i = 0; i < pages; i++) {
                // of three clusters, one stays whole, one loses a page, one is lost
                int cluster = i / 8 % 3;
                if (cluster == 2 || (cluster == 1 && i % 8 == 4)) {
                    store.discard((long) i * PAGE, PAGE);
                }
            }
            store.compact();
            assertThat(clustered(store)).isPositive().isLessThan(before * 2 / 3);
            for (int i = 0; i < pages; i++) {
                int cluster = i / 8 % 3;
                boolean gone = cluster == 2 || (cluster == 1 && i % 8 == 4);
                assertThat(read(store, i))
                        .as("page %d", i)
                        .isEqualTo(gone ? new byte[PAGE] : content(i % COUNT));
            }
            assertThat(store.stats().failedReads()).isZero();
        }
    }

    /** Flips a bit of every byte of every cluster and of every entry. */
    @Test
    void aFlippedBitNeverGivesWrongData() throws Exception {
        try (PageStore store = open()) {
            fillAndCluster(store);
        }
        StoreHeader header = header();
        int failures = 0;
        try (PageStore store = open();
                RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            for (int page = 0; page < COUNT; page++) {
                long at = header.tableOffset() + page * 8L;
                raw.seek(at);
                long entry = Long.reverseBytes(raw.readLong());
                for (int bit = 0; bit < 64; bit++) {
                    flip(raw, at + bit / 8, 1 << bit % 8);
                    failures += oldPageOrFailure(store, page);
                    flip(raw, at + bit / 8, 1 << bit % 8);
                }
                if (PageEntry.kind(entry) == PageEntry.CLUSTER && PageEntry.place(entry) == 0) {
                    long slot = header.arenaOffset() + PageEntry.address(entry);
                    for (int i = 0; i < PageEntry.share(entry) * 2; i++) {
                        flip(raw, slot + i, 1 << i % 8);
                        failures += oldPageOrFailure(store, page);
                        failures += oldPageOrFailure(store, page + 1);
                        flip(raw, slot + i, 1 << i % 8);
                    }
                }
            }
        }
        assertThat(failures).as("flips noticed").isPositive();
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
