package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SelectionPolicy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stores that are kept in a file, sound and damaged. */
class StoreFileTest {
    private static final int PAGE = Pages.SIZE;
    private static final List<byte[]> SAMPLES = SamplePages.all();
    private static final int COUNT = 64;

    private Path folder;
    private Path file;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("/dev/shm"), "store");
        file = folder.resolve("pages");
    }

    @AfterEach
    void removeFolder() throws IOException {
        try (var paths = Files.list(folder)) {
            for (Path path : paths.toList()) {
                Files.delete(path);
            }
        }
        Files.delete(folder);
    }

    private PageStore open(int pages) throws IOException {
        return PageStore.open(StoreOptions.of("test", (long) pages * PAGE).withFile(file));
    }

    private static byte[] read(PageStore store, int page) {
        byte[] bytes = new byte[PAGE];
        Arrays.fill(bytes, (byte) 0x77);
        store.read((long) page * PAGE, MemorySegment.ofArray(bytes), 0, PAGE);
        return bytes;
    }

    private void fill() throws IOException {
        try (PageStore store = open(COUNT)) {
            for (int i = 0; i < COUNT; i++) {
                store.write((long) i * PAGE, MemorySegment.ofArray(content(i)), 0, PAGE);
            }
        }
    }

    /** Real pages of all workloads, and the kinds that real ones may miss. */
    private static byte[] content(int page) {
        byte[] bytes = new byte[PAGE];
        switch (page) {
            case 0 -> Arrays.fill(bytes, (byte) 0xab);
            case 1 -> {
                for (int i = 0; i < PAGE; i++) {
                    bytes[i] = (byte) (i & 7); // a word that needs a slot
                }
            }
            case 2 -> new Random(5).nextBytes(bytes);
            default -> bytes = SAMPLES.get(page * 11);
        }
        return bytes;
    }

    @Test
    void pagesAndCountersAreThereAfterAReopen() throws IOException {
        fill();
        StoreStats before;
        try (PageStore store = open(COUNT)) {
            before = store.stats();
            assertThat(before.origDataSize()).isEqualTo((long) COUNT * PAGE);
            assertThat(before.samePages()).isGreaterThanOrEqualTo(2);
            for (int i = 0; i < COUNT; i++) {
                assertThat(read(store, i)).as("page %d", i).isEqualTo(content(i));
            }
            store.discard(0, (long) COUNT * PAGE);
            assertThat(store.stats().comprDataSize()).isZero();
        }
        try (PageStore store = open(COUNT)) {
            assertThat(store.stats().origDataSize()).isZero();
            assertThat(store.stats().memUsedTotal()).isZero();
            assertThat(read(store, 5)).containsOnly(0);
        }
    }

    @Test
    void chunksThatAreFoundThinAreEmptiedUnasked() throws IOException {
        int count = 1024;
        try (PageStore store = open(count)) {
            for (int i = 0; i < count; i++) {
                store.write((long) i * PAGE, MemorySegment.ofArray(content(2)), 0, PAGE);
            }
        }
        WriteMethod method = new WriteMethod(Algorithm.LZ4, SelectionPolicy.SPEED);
        try (StoreFile found =
                StoreFile.forDevice("test", (long) count * PAGE, method, Optional.of(file))) {
            // as a process leaves it that is killed
            for (int i = 0; i < count; i++) {
                if (i % 8 != 0) {
                    found.table().set(ValueLayout.JAVA_LONG, i * 8L, PageEntry.HOLE);
                }
            }
        }
        try (PageStore store = open(count)) {
            PageStoreTest.await(() -> store.stats().memUsedTotal() <= 6 * SlotArena.CHUNK);
            for (int i = 0; i < count; i++) {
                byte[] expected = i % 8 == 0 ? content(2) : new byte[PAGE];
                assertThat(read(store, i)).as("page %d", i).isEqualTo(expected);
            }
        }
    }

    @Test
    void algorithmAndPolicyAreTheFilesOwn() throws IOException {
        try (PageStore store = open(COUNT)) {
            store.algorithm(Algorithm.zstd(-1));
            store.policy(SelectionPolicy.RATIO);
            store.recompression(new RecompressionSettings(0.5, 7));
        }
        try (PageStore store = open(COUNT)) {
            assertThat(store.algorithm()).isEqualTo(Algorithm.zstd(-1));
            assertThat(store.policy()).isEqualTo(SelectionPolicy.RATIO);
            assertThat(store.recompression()).isEqualTo(new RecompressionSettings(0.5, 7));
        }
    }

    @Test
    void onlyItsOwnerMayReadTheFile() throws IOException {
        fill();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aStoreInUseIsRefused() throws IOException {
        try (PageStore store = open(COUNT)) {
            assertThatThrownBy(() -> open(COUNT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process has the file open");
            assertThat(store.sizeBytes()).isEqualTo((long) COUNT * PAGE);
        }
    }

    @Test
    void anotherSizeIsRefused() throws IOException {
        fill();
        assertThatThrownBy(() -> open(COUNT + 1))
                .isInstanceOf(StoreFormatException.class)
                .hasMessageContaining("it holds a device of 262144 bytes, not of 266240");
    }

    @ParameterizedTest
    @CsvSource({
        "0, it is not a trueno-zram store",
        "8, its layout version is 252",
        "12, its header is damaged",
        "16, its header is damaged",
        "40, its header is damaged",
        "52, its header is damaged",
        "64, algorithm and policy do not check",
        "68, algorithm and policy do not check",
        "121, settings of recompression do not check",
    })
    void aDamagedHeaderIsRefusedAndLeftAlone(int at, String reason) throws IOException {
        fill();
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(at);
            int was = raw.read();
            raw.seek(at);
            raw.write(was ^ 0xff);
        }
        byte[] header = head();
        assertThatThrownBy(() -> open(COUNT))
                .isInstanceOf(StoreFormatException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
        assertThat(head()).isEqualTo(header);
    }

    @Test
    void aTruncatedFileIsRefusedAndLeftAlone() throws IOException {
        fill();
        long size = Files.size(file);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            for (long cut : new long[] {size - 1, size / 2, 4096, 100, 1}) {
                raw.setLength(cut);
                assertThatThrownBy(() -> open(COUNT)).isInstanceOf(IOException.class);
                assertThat(Files.size(file)).isEqualTo(cut);
            }
        }
    }

    private byte[] head() throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(64);
        }
    }

    /**
     * Flips every bit of the table entries and a bit of every byte of the slots: each page reads as
     * it was or fails, and never as anything else.
     */
    @Test
    void aFlippedBitNeverGivesWrongData() throws IOException {
        fill();
        StoreHeader header = StoreFile.plan((long) COUNT * PAGE);
        long tableEnd = header.tableOffset() + COUNT * 8L;
        try (PageStore store = open(COUNT);
                RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            for (long at = header.tableOffset(); at < tableEnd; at++) {
                for (int bit = 0; bit < 8; bit++) {
                    flip(raw, at, 1 << bit);
                    expectOldPageOrFailure(store, (int) ((at - header.tableOffset()) / 8));
                    flip(raw, at, 1 << bit);
                }
            }
            int failures = 0;
            for (int page = 0; page < COUNT; page++) {
                long entry = Long.reverseBytes(longAt(raw, header.tableOffset() + page * 8L));
                if (PageEntry.isSlot(entry)) {
                    long slot = header.arenaOffset() + PageEntry.address(entry);
                    int bytes = SlotLayout.slotBytes(PageEntry.packedLength(entry));
                    for (long at = slot; at < slot + bytes; at++) {
                        flip(raw, at, 1 << (int) (at % 8));
                        failures += expectOldPageOrFailure(store, page);
                        flip(raw, at, 1 << (int) (at % 8));
                    }
                }
            }
            assertThat(failures).as("flips noticed").isPositive();
            assertThat(store.stats().failedReads()).isPositive();
        }
    }

    private static long longAt(RandomAccessFile raw, long at) throws IOException {
        raw.seek(at);
        return raw.readLong();
    }

    private static void flip(RandomAccessFile raw, long at, int mask) throws IOException {
        raw.seek(at);
        int was = raw.read();
        raw.seek(at);
        raw.write(was ^ mask);
    }

    private static int expectOldPageOrFailure(PageStore store, int page) {
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
