package io.trueno.zram.engine.store;

import static io.trueno.zram.engine.store.PageStoreTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices that change their size while they are in use. */
class ResizeTest {
    private static final int PAGE = Pages.SIZE;
    private static final List<byte[]> SAMPLES = SamplePages.all();

    private static PageStore open(long pages) throws IOException {
        return PageStore.open(StoreOptions.of("test", pages * PAGE));
    }

    private static void write(PageStore store, long page, byte[] content) {
        store.write(page * PAGE, MemorySegment.ofArray(content), 0, PAGE);
    }

    private static byte[] read(PageStore store, long page) {
        byte[] bytes = new byte[PAGE];
        store.read(page * PAGE, MemorySegment.ofArray(bytes), 0, PAGE);
        return bytes;
    }

    @Test
    void whatWasThereStaysAndWhatComesInIsEmpty() throws IOException {
        try (PageStore store = open(16)) {
            write(store, 15, SAMPLES.get(5));
            assertThatThrownBy(() -> write(store, 16, SAMPLES.get(6)))
                    .isInstanceOf(BlockIoException.BadRequest.class);
            store.resize(64L * PAGE);
            assertThat(store.sizeBytes()).isEqualTo(64L * PAGE);
            assertThat(read(store, 15)).isEqualTo(SAMPLES.get(5));
            assertThat(read(store, 63)).containsOnly(0);
            write(store, 63, SAMPLES.get(6));
            assertThat(read(store, 63)).isEqualTo(SAMPLES.get(6));
            assertThatThrownBy(() -> store.resize(32L * PAGE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("data lies beyond the new end: discard it first: page=63");
            assertThat(read(store, 63)).isEqualTo(SAMPLES.get(6));
            store.discard(63L * PAGE, PAGE);
            store.resize(32L * PAGE);
            assertThatThrownBy(() -> read(store, 32))
                    .isInstanceOf(BlockIoException.BadRequest.class);
            store.resize(64L * PAGE);
            assertThat(read(store, 63)).containsOnly(0);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -PAGE, PAGE + 1, 17L * 16 * PAGE})
    void aSizeThatTheDeviceCannotHaveIsRefused(long bytes) throws IOException {
        try (PageStore store = open(16)) {
            assertThatThrownBy(() -> store.resize(bytes))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("to " + 16L * 16 * PAGE + " bytes");
            assertThat(store.sizeBytes()).isEqualTo(16L * PAGE);
        }
    }

    @Test
    void theNewSizeOutlivesTheProcess() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("/dev/shm"), "resize");
        Path file = folder.resolve("pages");
        try {
            StoreOptions options = StoreOptions.of("test", 16L * PAGE).withFile(file);
            try (PageStore store = PageStore.open(options)) {
                store.resize(200L * PAGE);
                write(store, 199, SAMPLES.get(7));
                assertThat(PageStore.storedSizeBytes(file)).isEqualTo(200L * PAGE);
            }
            assertThatThrownBy(() -> PageStore.open(options))
                    .hasMessageContaining("it holds a device of 819200 bytes, not of 65536");
            try (PageStore store =
                    PageStore.open(StoreOptions.of("test", 200L * PAGE).withFile(file))) {
                assertThat(read(store, 199)).isEqualTo(SAMPLES.get(7));
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    /** A write that returned is never beyond the end: it is kept, or it was refused. */
    @Test
    void shrinkingAndWritingAtOnceLoseNothing() throws Exception {
        long seed = Long.getLong("trueno.zram.seed", System.nanoTime());
        System.out.println("seed: -Dtrueno.zram.seed=" + seed);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong kept = new AtomicLong();
        try (PageStore store = open(64);
                ExecutorService pool = Executors.newFixedThreadPool(3)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                int first = t;
                Random random = new Random(seed + t);
                writers.add(
                        pool.submit(() -> {
                            while (!stop.get()) {
                                int page = 32 + first + 3 * random.nextInt(10);
                                byte[] content = SAMPLES.get(random.nextInt(SAMPLES.size()));
                                if (!isDone(() -> write(store, page, content))) {
                                    continue;
                                }
                                // what was written keeps the device from shrinking over it
                                await(() ->
                                        isDone(() ->
                                                assertThat(read(store, page)).isEqualTo(content)));
                                kept.incrementAndGet();
                                await(() -> isDone(() -> store.discard(page * (long) PAGE, PAGE)));
                            }
                        }));
            }
            int shrunk = 0;
            // On a busy machine a writer that has to wait for its turn keeps its page meanwhile.
            long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
            for (int i = 0;
                    (i < 500 || shrunk < 5 || kept.get() == 0) && System.nanoTime() < deadline;
                    i++) {
                try {
                    store.resize(32L * PAGE);
                    shrunk++;
                } catch (IllegalStateException dataBeyond) {
                    // a writer was there first
                }
                store.resize(64L * PAGE);
            }
            stop.set(true);
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertThat(shrunk).isPositive();
            assertThat(kept.get()).isPositive();
        }
    }

    /** Whether a request was done, rather than refused because it is beyond the end. */
    private static boolean isDone(Runnable request) {
        try {
            request.run();
            return true;
        } catch (BlockIoException.BadRequest beyond) {
            return false;
        }
    }

    @Test
    void anErasedStoreLeavesNothingInItsMemory() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("/dev/shm"), "erase");
        Path file = folder.resolve("pages");
        try {
            StoreOptions options =
                    StoreOptions.of("test", 256L * PAGE).withFile(file).withHeadroom(1 << 20);
            try (PageStore store = PageStore.open(options)) {
                for (int i = 0; i < 256; i++) {
                    write(store, i, SAMPLES.get(i));
                }
                store.discard(0, 128L * PAGE);
                store.erase();
                assertThatThrownBy(() -> read(store, 1))
                        .isInstanceOf(BlockIoException.BadRequest.class);
            }
            try (var in = Files.newInputStream(file)) {
                byte[] part = in.readNBytes(1 << 20);
                for (int read = 0; read < 64 && part.length > 0; read++) {
                    assertThat(part).containsOnly(0);
                    part = in.readNBytes(1 << 20);
                }
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }
}
