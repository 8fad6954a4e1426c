package io.trueno.zram.engine.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where pages are written back to: full, failing, damaged, read by others, found again. */
class BackingDeviceTest {
    private static final int PAGE = Pages.SIZE;

    @TempDir Path folder;

    @Test
    void aFullDeviceLeavesThePagesInMemoryAndSaysSo() throws IOException {
        Path file = folder.resolve("backing");
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(40L * PAGE);
        }
        try (PageStore store = WritebackPages.open()) {
            WritebackPages.fill(store);
            store.backing(file, false);
            WritebackResult result = store.writeback(WritebackPages.ALL);
            assertThat(result.stopped()).isEqualTo("the backing device is full");
            assertThat(store.backingStats().bdCount()).isBetween(35L, 39L);
            WritebackPages.assertAllThere(store);
            assertThat(Files.size(file)).isEqualTo(40L * PAGE);
            store.discard(0, 64L * PAGE); // their blocks serve again
            assertThat(store.writeback(WritebackPages.ALL).pages()).isPositive();
        }
    }

    @Test
    void aMemoryDeviceLeavesThePagesInMemoryAndSaysSo() throws Exception {
        try (PageStore store = WritebackPages.open()) {
            WritebackPages.fill(store);
            MemoryDevice device = new MemoryDevice();
            store.backing(BackingIdentity.create(Path.of("/test"), false), device);
            device.failsToWrite = true;
            StoreStats before = store.stats();
            WritebackResult result = store.writeback(WritebackPages.ALL);
            assertThat(result.pages()).isZero();
            assertThat(result.stopped()).isEqualTo("the backing device failed: no write today");
            assertThat(store.stats())
                    .usingRecursiveComparison()
                    .ignoringFields("headroomBytes") // its thread may be at it
                    .isEqualTo(before);
            assertThat(store.backingStats().bdCount()).isZero();
            WritebackPages.assertAllThere(store);

            device.failsToWrite = false;
            assertThat(store.writeback(WritebackPages.ALL).stopped()).isEmpty();
            device.failsToRead = true;
            assertThatThrownBy(() -> WritebackPages.read(store, 4))
                    .isInstanceOf(BlockIoException.StoreFailure.class)
                    .hasMessageContaining("no read today")
                    .hasMessageContaining("page=4");
            assertThat(store.stats().failedReads()).isEqualTo(1);
            device.failsToRead = false;
            WritebackPages.assertAllThere(store);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFlippedByteOnTheDeviceIsNoticed(boolean encrypted) throws IOException {
        try (PageStore store = WritebackPages.open()) {
            WritebackPages.fill(store);
            MemoryDevice device = new MemoryDevice();
            store.backing(BackingIdentity.create(Path.of("/test"), encrypted), device);
            store.writeback(WritebackRequest.parse("page_indexes=0-15"));
            int failures = 0;
            long end = (store.backingStats().bdCount() + 1) * PAGE;
            for (int at = PAGE; at < end; at += 97) {
                device.flip(at);
                for (int page = 0; page < 16; page++) {
                    try {
                        assertThat(
                                        Arrays.equals(
                                                WritebackPages.read(store, page),
                                                WritebackPages.content(page)))
                                .isTrue();
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
            try (PageStore store = WritebackPages.open()) {
                store.write(0, MemorySegment.ofArray(page), 0, PAGE);
                store.backing(file, encrypted);
                store.writebackSettings(new WritebackSettings(false, 0, false, 1));
                assertThat(store.writeback(WritebackPages.ALL).pages()).isEqualTo(1);
                String all = new String(Files.readAllBytes(file), ISO_8859_1);
                assertThat(all.contains("nobody's business")).isEqualTo(!encrypted);
                assertThat(WritebackPages.read(store, 0)).isEqualTo(page);
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
            try (PageStore store = PageStore.open(WritebackPages.options().withFile(pages))) {
                WritebackPages.fill(store);
                store.backing(file, encrypted);
                store.writebackSettings(new WritebackSettings(true, 1000, true, 5));
                store.writeback(WritebackRequest.parse("page_indexes=0-99"));
            }
            try (PageStore store = PageStore.open(WritebackPages.options().withFile(pages))) {
                assertThat(store.backingStats().path()).isEqualTo(file.toString());
                assertThat(store.writebackSettings().batchPages()).isEqualTo(5);
                WritebackPages.assertAllThere(store);
                long before = store.backingStats().bdCount();
                assertThat(before).isPositive();
                store.writeback(WritebackPages.ALL);
                WritebackPages.assertAllThere(store);
                store.discard(0, (long) WritebackPages.COUNT * PAGE);
                assertThat(store.backingStats().bdCount()).isZero();
            }
            Files.move(file, folder.resolve("elsewhere"));
            assertThatThrownBy(() -> PageStore.open(WritebackPages.options().withFile(pages)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the backing device is missing: " + file);
            Files.write(file, new byte[2 * PAGE]);
            assertThatThrownBy(() -> PageStore.open(WritebackPages.options().withFile(pages)))
                    .hasMessage(file + " does not hold this device's pages");
        } finally {
            Files.deleteIfExists(pages);
            Files.delete(shm);
        }
    }

    @Test
    void aFileThatHoldsSomethingIsNotOverwritten() throws IOException {
        Path file = Files.writeString(folder.resolve("diary"), "dear diary");
        try (PageStore store = WritebackPages.open();
                PageStore other = WritebackPages.open()) {
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
}
