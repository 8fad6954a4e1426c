package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that leave the memory for a file, and come back when they are read. */
class WritebackTest {
    private static final int PAGE = Pages.SIZE;

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"false, true", "false, false", "true, true", "true, false"})
    void pagesWrittenBackComeBack(boolean encrypted, boolean compressed) throws IOException {
        try (PageStore store = WritebackPages.open()) {
            WritebackPages.fill(store);
            StoreStats before = store.stats();
            store.backing(folder.resolve("backing"), encrypted);
            store.writebackSettings(new WritebackSettings(false, 0, compressed, 7));
            WritebackResult result = store.writeback(WritebackPages.ALL);
            assertThat(result.stopped()).isEmpty();
            long slots = WritebackPages.COUNT - before.samePages();
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
            WritebackPages.assertAllThere(store);
            assertThat(store.backingStats().bdReads()).isGreaterThanOrEqualTo(slots);

            WritebackPages.fill(store); // overwritten, they are in memory again
            assertThat(store.backingStats().pages()).isZero();
            assertThat(store.backingStats().bdCount()).isZero();
            assertThat(store.stats().comprDataSize()).isEqualTo(before.comprDataSize());
            assertThat(store.writeback(WritebackPages.ALL).pages()).isEqualTo(slots);
            store.discard(0, (long) WritebackPages.COUNT * PAGE);
            assertThat(store.backingStats().bdCount()).isZero();
        }
    }

    @Test
    void memoryGoesBackWhenPagesLeaveIt() throws IOException {
        try (PageStore store = WritebackPages.open()) {
            WritebackPages.fill(store);
            store.backing(folder.resolve("backing"), false);
            store.writeback(WritebackPages.ALL);
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
        try (PageStore store = WritebackPages.open()) {
            WritebackPages.fill(store);
            store.backing(folder.resolve("backing"), false);
            assertThat(store.writeback(WritebackRequest.parse(request)).pages()).isEqualTo(pages);
            WritebackPages.assertAllThere(store);
        }
    }

    @Test
    void whatRecompressionCannotMakeSmallerIsIncompressible() throws IOException {
        try (PageStore store = WritebackPages.open()) {
            WritebackPages.fill(store);
            store.backing(folder.resolve("backing"), false);
            store.recompress(RecompressionRequest.ALL);
            long huge = store.stats().hugePages();
            WritebackResult result = store.writeback(WritebackRequest.parse("incompressible"));
            assertThat(result.pages())
                    .isEqualTo(huge)
                    .isGreaterThanOrEqualTo(WritebackPages.COUNT / 4);
            WritebackPages.assertAllThere(store);
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
        try (PageStore store = WritebackPages.open()) {
            store.backing(folder.resolve("backing"), false);
            assertThatThrownBy(() -> store.writeback(WritebackRequest.parse("page_index=256")))
                    .hasMessage("outside the device of 256 pages: 256");
        }
    }

    @Test
    void withoutABackingDeviceNothingIsWrittenBack() throws IOException {
        try (PageStore store = WritebackPages.open()) {
            assertThatThrownBy(() -> store.writeback(WritebackPages.ALL))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no backing device");
        }
    }

    @Test
    void theLimitIsABudgetOfBlocks() throws IOException {
        try (PageStore store = WritebackPages.open()) {
            WritebackPages.fill(store);
            store.backing(folder.resolve("backing"), false);
            store.writebackSettings(new WritebackSettings(true, 20, true, 8));
            WritebackResult result = store.writeback(WritebackPages.ALL);
            assertThat(result.stopped()).isEqualTo("writeback_limit is used up");
            assertThat(result.blocks()).isBetween(18L, 20L);
            assertThat(result.pages()).isPositive();
            assertThat(store.writebackSettings().limitBlocks()).isEqualTo(20 - result.blocks());
            WritebackPages.assertAllThere(store);
            store.writebackSettings(new WritebackSettings(false, 0, true, 8));
            assertThat(store.writeback(WritebackPages.ALL).stopped()).isEmpty();
            WritebackPages.assertAllThere(store);
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
        try (PageStore store = PageStore.open(WritebackPages.options().withFile(file))) {
            WritebackPages.fill(store);
            BackingIdentity identity = BackingIdentity.create(folder.resolve("none"), false);
            store.backing(identity, new LastWrites());
            store.writebackSettings(new WritebackSettings(true, 1000, true, 8));
            assertThatThrownBy(() -> store.writeback(WritebackPages.ALL)).hasMessage("killed");
            MemorySegment header = MemorySegment.ofArray(new long[StoreHeader.BYTES / 8]);
            try (InputStream in = Files.newInputStream(file)) {
                header.copyFrom(MemorySegment.ofArray(in.readNBytes(StoreHeader.BYTES)));
            }
            // three batches of eight incompressible pages, the last of them not known to be written
            assertThat(StoreHeader.writebackSettings(header).limitBlocks()).isEqualTo(1000 - 3 * 9);
        }
    }
}
