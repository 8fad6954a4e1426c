package io.trueno.zram.engine.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SimdBackend;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that leave the memory for a file, and come back when they are read. */
class WritebackTest {
    private static final int PAGE = Pages.SIZE;
    private static final int COUNT = 256;
    private static final List<byte[]> SAMPLES = SamplePages.all();
    private static final WritebackRequest ALL = WritebackRequest.parse("page_indexes=0-255");

    @TempDir Path folder;

    private PageStore open() throws IOException {
        return PageStore.open(options());
    }

    private static StoreOptions options() {
        return new StoreOptions(
                "test", (long) COUNT * PAGE, Algorithm.LZ4, SimdBackend.detect(), 0);
    }

    /** Every fourth page random, which no codec makes smaller; the others real. */
    private static byte[] content(int page) {
        if (page % 4 == 0) {
            byte[] random = new byte[PAGE];
            new Random(page).nextBytes(random);
            return random;
        }
        return SAMPLES.get(page * 3 % SAMPLES.size());
    }

    private static void fill(PageStore store) {
        for (int i = 0; i < COUNT; i++) {
            store.write((long) i * PAGE, MemorySegment.ofArray(content(i)), 0, PAGE);
        }
    }

    private static byte[] read(PageStore store, int page) {
        byte[] bytes = new byte[PAGE];
        store.read((long) page * PAGE, MemorySegment.ofArray(bytes), 0, PAGE);
        return bytes;
    }

    private static void assertAllThere(PageStore store) {
        for (int i = 0; i < COUNT; i++) {
            assertThat(read(store, i)).as("page %d", i).isEqualTo(content(i));
        }
    }

    @ParameterizedTest
    @CsvSource({"false, true", "false, false", "true, true", "true, false"})
    void pagesWrittenBackComeBack(boolean encrypted, boolean compressed) throws IOException {
        try (PageStore store = open()) {
            fill(store);
            StoreStats before = store.stats();
            store.backing(folder.resolve("backing"), encrypted);
            store.writebackSettings(new WritebackSettings(false, 0, compressed, 7));
            WritebackResult result = store.writeback(ALL);
            assertThat(result.stopped()).isEmpty();
            long slots = COUNT - before.samePages();
            assertThat(result.pages()).isEqualTo(slots);
            assertThat(result.packedBytes()).isEqualTo(before.comprDataSize());
            StoreStats after = store.stats();
            assertThat(after.comprDataSize()).isZero();
            assertThat(after.origDataSize()).isEqualTo(before.origDataSize());
            assertThat(after.hugePages()).isZero();
            BackingStats backing = store.backingStats();
            assertThat(backing.pages()).isEqualTo(slots);
            assertThat(backing.bdWrites()).isEqualTo(result.blocks());
            assertThat(backing.bdCount()).isEqualTo(result.blocks());
            if (compressed) {
                assertThat(result.blocks() * PAGE).isLessThan(before.comprDataSize() * 13 / 10);
            } else {
                assertThat(result.blocks()).isGreaterThanOrEqualTo(slots);
            }
            assertAllThere(store);
            assertThat(store.backingStats().bdReads()).isGreaterThanOrEqualTo(slots);

            fill(store); // overwritten, they are in memory again
            assertThat(store.backingStats().pages()).isZero();
            assertThat(store.backingStats().bdCount()).isZero();
            assertThat(store.stats().comprDataSize()).isEqualTo(before.comprDataSize());
            assertThat(store.writeback(ALL).pages()).isEqualTo(slots);
            store.discard(0, (long) COUNT * PAGE);
            assertThat(store.backingStats().bdCount()).isZero();
        }
    }

    /** A backing device that, as the process might, dies at its third write. */
    private static final class LastWrites implements BackingDevice {
        private int left = 2;

        @Override
        public long sizeBytes() {
            return 64 << 20;
        }

        @Override
        public void read(long offset, MemorySegment target) {
            throw new AssertionError("nothing is read");
        }

        @Override
        public void write(long offset, MemorySegment source) {
            if (left-- == 0) {
                throw new AssertionError("killed");
            }
        }

        @Override
        public void close() {}
    }

    @Test
    void theBudgetSpentSurvivesAKillInTheMidstOfWritingBack() throws IOException {
        Path file = folder.resolve("store");
        try (PageStore store = PageStore.open(options().withFile(file))) {
            fill(store);
            BackingIdentity identity = BackingIdentity.create(folder.resolve("none"), false);
            store.backing(identity, new LastWrites());
            store.writebackSettings(new WritebackSettings(true, 1000, true, 8));
            assertThatThrownBy(() -> store.writeback(ALL)).hasMessage("killed");
            MemorySegment header = MemorySegment.ofArray(new long[StoreHeader.BYTES / 8]);
            try (InputStream in = Files.newInputStream(file)) {
                header.copyFrom(MemorySegment.ofArray(in.readNBytes(StoreHeader.BYTES)));
            }
            // three batches of eight incompressible pages, the last of them not known to be written
            assertThat(StoreHeader.writebackSettings(header).limitBlocks()).isEqualTo(1000 - 3 * 9);
        }
    }

    @Test
    void memoryGoesBackWhenPagesLeaveIt() throws IOException {
        try (PageStore store = open()) {
            fill(store);
            store.backing(folder.resolve("backing"), false);
            store.writeback(ALL);
            store.compact();
            PageStoreTest.await(() -> store.stats().memUsedTotal() <= 3L * SlotArena.CHUNK);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "type=huge page_indexes=0-15, 4",
        "huge, 71",
        "page_index=4 page_index=5, 2",
        "page_indexes=0-7 page_index=100, 9",
        "type=huge page_indexes=0-7 page_index=12, 3",
        "type=idle, 0",
        "type=incompressible, 0",
    })
    void onlyWhatWasChosenIsWritten(String request, int pages) throws IOException {
        try (PageStore store = open()) {
            fill(store);
            store.backing(folder.resolve("backing"), false);
            assertThat(store.writeback(WritebackRequest.parse(request)).pages()).isEqualTo(pages);
            assertAllThere(store);
        }
    }

    @Test
    void whatRecompressionCannotMakeSmallerIsIncompressible() throws IOException {
        try (PageStore store = open()) {
            fill(store);
            store.backing(folder.resolve("backing"), false);
            store.recompress(RecompressionRequest.ALL);
            long huge = store.stats().hugePages();
            WritebackResult result = store.writeback(WritebackRequest.parse("incompressible"));
            assertThat(result.pages()).isEqualTo(huge).isGreaterThanOrEqualTo(COUNT / 4);
            assertAllThere(store);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "type=warm",
                "cold",
                "page_indexes=7",
                "page_indexes=9-3",
                "page_index=-1",
                "pages=1"
            })
    void aRequestThatMakesNoSenseIsRefused(String request) {
        assertThatThrownBy(() -> WritebackRequest.parse(request))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRangeOutsideTheDeviceIsRefused() throws IOException {
        try (PageStore store = open()) {
            store.backing(folder.resolve("backing"), false);
            assertThatThrownBy(() -> store.writeback(WritebackRequest.parse("page_index=256")))
                    .hasMessage("outside the device of 256 pages: 256");
        }
    }

    @Test
    void withoutABackingDeviceNothingIsWrittenBack() throws IOException {
        try (PageStore store = open()) {
            assertThatThrownBy(() -> store.writeback(ALL))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no backing device");
        }
    }

    @Test
    void theLimitIsABudgetOfBlocks() throws IOException {
        try (PageStore store = open()) {
            fill(store);
            store.backing(folder.resolve("backing"), false);
            store.writebackSettings(new WritebackSettings(true, 20, true, 8));
            WritebackResult result = store.writeback(ALL);
            assertThat(result.stopped()).isEqualTo("writeback_limit is used up");
            assertThat(result.blocks()).isBetween(18L, 20L);
            assertThat(result.pages()).isPositive();
            assertThat(store.writebackSettings().limitBlocks()).isEqualTo(20 - result.blocks());
            assertAllThere(store);
            store.writebackSettings(new WritebackSettings(false, 0, true, 8));
            assertThat(store.writeback(ALL).stopped()).isEmpty();
            assertAllThere(store);
        }
    }

    @Test
    void aFullDeviceLeavesThePagesInMemoryAndSaysSo() throws IOException {
        Path file = folder.resolve("backing");
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(40L * PAGE);
        }
        try (PageStore store = open()) {
            fill(store);
            store.backing(file, false);
            WritebackResult result = store.writeback(ALL);
            assertThat(result.stopped()).isEqualTo("the backing device is full");
            assertThat(store.backingStats().bdCount()).isBetween(35L, 39L);
            assertAllThere(store);
            assertThat(Files.size(file)).isEqualTo(40L * PAGE);
            store.discard(0, 64L * PAGE); // their blocks serve again
            assertThat(store.writeback(ALL).pages()).isPositive();
        }
    }

    @Test
    void aFailingDeviceLeavesThePagesInMemoryAndSaysSo() throws Exception {
        try (PageStore store = open()) {
            fill(store);
            FailingDevice device = new FailingDevice();
            store.backing(BackingIdentity.create(Path.of("/test"), false), device);
            device.failsToWrite = true;
            store.awaitHeadroom(); // it counts in the statistics
            StoreStats before = store.stats();
            WritebackResult result = store.writeback(ALL);
            assertThat(result.pages()).isZero();
            assertThat(result.stopped()).isEqualTo("the backing device failed: no write today");
            assertThat(store.stats()).isEqualTo(before);
            assertThat(store.backingStats().bdCount()).isZero();
            assertAllThere(store);

            device.failsToWrite = false;
            assertThat(store.writeback(ALL).stopped()).isEmpty();
            device.failsToRead = true;
            assertThatThrownBy(() -> read(store, 4))
                    .isInstanceOf(BlockIoException.StoreFailure.class)
                    .hasMessageContaining("no read today")
                    .hasMessageContaining("page=4");
            assertThat(store.stats().failedReads()).isEqualTo(1);
            device.failsToRead = false;
            assertAllThere(store);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFlippedByteOnTheDeviceIsNoticed(boolean encrypted) throws IOException {
        try (PageStore store = open()) {
            fill(store);
            FailingDevice device = new FailingDevice();
            store.backing(BackingIdentity.create(Path.of("/test"), encrypted), device);
            store.writeback(WritebackRequest.parse("page_indexes=0-15"));
            int failures = 0;
            long end = (store.backingStats().bdCount() + 1) * PAGE;
            for (int at = PAGE; at < end; at += 97) {
                device.flip(at);
                for (int page = 0; page < 16; page++) {
                    try {
                        assertThat(Arrays.equals(read(store, page), content(page))).isTrue();
                    } catch (BlockIoException.StoreFailure noticed) {
                        failures++;
                    }
                }
                device.flip(at);
            }
            assertThat(failures).isGreaterThan(100);
        }
    }

    @Test
    void nothingOfAPageCanBeReadFromAnEncryptedDevice() throws IOException {
        byte[] text = "a secret that is nobody's business ".repeat(120).getBytes(US_ASCII);
        byte[] page = Arrays.copyOf(text, PAGE);
        Path file = folder.resolve("backing");
        for (boolean encrypted : new boolean[] {false, true}) {
            Files.deleteIfExists(file);
            try (PageStore store = open()) {
                store.write(0, MemorySegment.ofArray(page), 0, PAGE);
                store.backing(file, encrypted);
                store.writebackSettings(new WritebackSettings(false, 0, false, 1));
                assertThat(store.writeback(ALL).pages()).isEqualTo(1);
                String all = new String(Files.readAllBytes(file), ISO_8859_1);
                assertThat(all.contains("nobody's business")).isEqualTo(!encrypted);
                assertThat(read(store, 0)).isEqualTo(page);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pagesWrittenBackOutliveTheProcess(boolean encrypted) throws IOException {
        Path shm = Files.createTempDirectory(Path.of("/dev/shm"), "writeback");
        Path pages = shm.resolve("pages");
        Path file = folder.resolve("backing");
        try {
            try (PageStore store = PageStore.open(options().withFile(pages))) {
                fill(store);
                store.backing(file, encrypted);
                store.writebackSettings(new WritebackSettings(true, 1000, true, 5));
                store.writeback(WritebackRequest.parse("page_indexes=0-99"));
            }
            try (PageStore store = PageStore.open(options().withFile(pages))) {
                assertThat(store.backingStats().path()).isEqualTo(file.toString());
                assertThat(store.writebackSettings().batchPages()).isEqualTo(5);
                assertAllThere(store);
                long before = store.backingStats().bdCount();
                assertThat(before).isPositive();
                store.writeback(ALL);
                assertAllThere(store);
                store.discard(0, (long) COUNT * PAGE);
                assertThat(store.backingStats().bdCount()).isZero();
            }
            Files.move(file, folder.resolve("elsewhere"));
            assertThatThrownBy(() -> PageStore.open(options().withFile(pages)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the backing device is missing: " + file);
            Files.write(file, new byte[2 * PAGE]);
            assertThatThrownBy(() -> PageStore.open(options().withFile(pages)))
                    .hasMessage(file + " does not hold this device's pages");
        } finally {
            Files.deleteIfExists(pages);
            Files.delete(shm);
        }
    }

    @Test
    void aFileThatHoldsSomethingIsNotOverwritten() throws IOException {
        Path file = Files.writeString(folder.resolve("diary"), "dear diary");
        try (PageStore store = open();
                PageStore other = open()) {
            assertThatThrownBy(() -> store.backing(file, false))
                    .hasMessageContaining("is not empty and would be overwritten");
            assertThat(file).hasContent("dear diary");

            Path shared = folder.resolve("backing");
            store.backing(shared, false);
            assertThatThrownBy(() -> other.backing(shared, false))
                    .hasMessage("another device uses " + shared);
            assertThatThrownBy(() -> store.backing(folder.resolve("second"), false))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /** Memory that fails when it is told to. */
    private static final class FailingDevice implements BackingDevice {
        private final byte[] bytes = new byte[4 << 20];
        boolean failsToRead;
        boolean failsToWrite;

        void flip(int at) {
            bytes[at] ^= 0x10;
        }

        @Override
        public long sizeBytes() {
            return bytes.length;
        }

        @Override
        public void read(long offset, MemorySegment target) throws IOException {
            if (failsToRead) {
                throw new IOException("no read today");
            }
            target.copyFrom(MemorySegment.ofArray(bytes).asSlice(offset, target.byteSize()));
        }

        @Override
        public void write(long offset, MemorySegment source) throws IOException {
            if (failsToWrite) {
                throw new IOException("no write today");
            }
            MemorySegment.ofArray(bytes).asSlice(offset, source.byteSize()).copyFrom(source);
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    @Test
    void blockStatesTellWhatBecameOfEachStoredPage() throws IOException {
        try (PageStore store = open()) {
            store.write(PAGE, MemorySegment.ofArray(new byte[PAGE]), 0, PAGE);
            store.write(5L * PAGE, MemorySegment.ofArray(content(5)), 0, PAGE);
            store.write(6L * PAGE, MemorySegment.ofArray(content(6)), 0, PAGE);
            store.write(
                    204L * PAGE, MemorySegment.ofArray(content(204)), 0, PAGE); // has no neighbours
            assertThat(flags(store))
                    .containsExactly("1 s.....", "5 ......", "6 ......", "204 ..h...");
            store.recompress(RecompressionRequest.parse("priority=3"));
            store.markIdle(0);
            store.backing(folder.resolve("backing"), false);
            store.writeback(WritebackRequest.parse("page_index=6"));
            assertThat(flags(store))
                    .containsExactly("1 s.....", "5 ...ir.", "6 .w....", "204 ..hi.n");
            long now = System.nanoTime() / 1_000_000_000L;
            assertThat(store.blockStates(0, COUNT))
                    .allSatisfy(s -> assertThat(s.accessSeconds()).isBetween(now - 60, now + 1));
            assertThat(store.blockStates(5, 1)).hasSize(1);
            assertThat(store.blockStates(COUNT, 10)).isEmpty();
        }
    }

    private static List<String> flags(PageStore store) {
        return store.blockStates(0, COUNT).stream().map(s -> s.page() + " " + s.flags()).toList();
    }
}
