package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A store whose file system has no more memory to give, which is a small one of its own. */
@EnabledIf("canMount")
class FullMemoryTest {
    private static final List<String> UNSHARED = List.of("unshare", "--map-root-user", "--mount");

    @TempDir Path folder;

    static boolean canMount() throws IOException, InterruptedException {
        try {
            List<String> command =
                    List.of(UNSHARED.get(0), UNSHARED.get(1), UNSHARED.get(2), "true");
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }

    @Test
    void aFullFileSystemFailsWritesAndNothingElse() throws Exception {
        String mount = "mount -t tmpfs -o size=12m none \"$1\" && shift && exec \"$@\"";
        ChildJvm.Outcome outcome =
                ChildJvm.run(
                        List.of(
                                UNSHARED.get(0),
                                UNSHARED.get(1),
                                UNSHARED.get(2),
                                "sh",
                                "-c",
                                mount,
                                "sh",
                                folder.toString()),
                        FullFile.class,
                        folder.toString());
        assertThat(outcome.out()).containsExactly("done");
    }

    /** Fills a store beyond what its file system has, and does what can be done then. */
    static final class FullFile {
        private static final int COUNT = 8192;
        private final PageStore store;
        private final int[] versions = new int[COUNT];

        private FullFile(PageStore store) {
            this.store = store;
        }

        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            StoreOptions options =
                    StoreOptions.of("test", (long) COUNT * Pages.SIZE)
                            .withFile(folder.resolve("pages"))
                            .withHeadroom(8 * SlotArena.CHUNK)
                            .withTrainer(new LibzstdTrainer());
            try (PageStore store = PageStore.open(options)) {
                FullFile full = new FullFile(store);
                full.fill();
                full.goOn();
                noRoomForAnother(folder.resolve("second"));
                full.useWhatIsDiscarded();
                store.erase();
            }
            System.out.println("done");
        }

        private void fill() {
            int written = 0;
            while (write(written)) {
                written++;
            }
            assertThat(written).isGreaterThan((10 << 20) / Pages.SIZE);
            assertThat(store.stats().headroomBytes()).isLessThanOrEqualTo(SlotArena.CHUNK);
            verify();
        }

        /** What needs no memory works, and what needs some is refused. */
        private void goOn() {
            for (int page = 0; page < 200; page++) {
                write(page);
            }
            verify();
            store.recompress(RecompressionRequest.ALL);
            verify();
            try {
                store.resize(16L * COUNT * Pages.SIZE);
                throw new AssertionError("there was memory for a larger page table");
            } catch (IllegalStateException refused) {
                assertThat(refused).hasMessageStartingWith("no memory for the page table");
            }
            assertThat(store.sizeBytes()).isEqualTo((long) COUNT * Pages.SIZE);
        }

        private static void noRoomForAnother(Path file) throws IOException {
            try (PageStore _ = PageStore.open(StoreOptions.of("second", 1L << 30).withFile(file))) {
                throw new AssertionError("there was memory for a second page table");
            } catch (IOException refused) {
                assertThat(refused).hasMessageStartingWith("no memory for the page table");
                assertThat(Files.exists(file)).isFalse();
            }
        }

        /** Every other page goes; what it took has to serve again. */
        private void useWhatIsDiscarded() {
            int discarded = 0;
            for (int page = 0; page < COUNT; page += 2) {
                discarded += versions[page] > 0 ? 1 : 0;
                store.discard((long) page * Pages.SIZE, Pages.SIZE);
                versions[page] = 0;
            }
            int[] again = {0};
            int wanted = discarded * 9 / 10;
            PageStoreTest.await(() -> {
                again[0] += write(2 * again[0]) ? 1 : 0;
                return again[0] == wanted;
            });
            verify();
        }

        /** Writes a page that does not compress; whether there was memory. */
        private boolean write(int page) {
            byte[] content = content(page, versions[page] + 1);
            try {
                store.write(
                        (long) page * Pages.SIZE, MemorySegment.ofArray(content), 0, Pages.SIZE);
                versions[page]++;
                return true;
            } catch (BlockIoException.OutOfSpace full) {
                return false;
            }
        }

        private static byte[] content(int page, int version) {
            byte[] content = new byte[Pages.SIZE];
            if (version > 0) {
                new Random(page * 31L + version).nextBytes(content);
            }
            return content;
        }

        private void verify() {
            byte[] page = new byte[Pages.SIZE];
            for (int i = 0; i < COUNT; i++) {
                store.read((long) i * Pages.SIZE, MemorySegment.ofArray(page), 0, Pages.SIZE);
                assertThat(Arrays.equals(page, content(i, versions[i]))).as("page %d", i).isTrue();
            }
        }
    }
}
