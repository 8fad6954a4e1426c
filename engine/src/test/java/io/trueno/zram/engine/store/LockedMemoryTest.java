package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory that is kept from being swapped out, or is not, as the kernel allows. */
class LockedMemoryTest {
    private static final int COUNT = 256;

    /** Opens two stores, uses them, and prints what of them is not locked. */
    static final class TwoStores {
        private TwoStores() {}

        public static void main(String[] args) throws Exception {
            List<byte[]> samples = SamplePages.all();
            StoreOptions options = StoreOptions.of("test", (long) COUNT * Pages.SIZE);
            try (PageStore one = PageStore.open(options.withHeadroom(4 * SlotArena.CHUNK));
                    PageStore two = PageStore.open(options.withHeadroom(0))) {
                one.awaitHeadroom();
                for (PageStore store : List.of(one, two)) {
                    byte[] page = new byte[Pages.SIZE];
                    for (int i = 0; i < COUNT; i++) {
                        MemorySegment source = MemorySegment.ofArray(samples.get(i));
                        store.write((long) i * Pages.SIZE, source, 0, Pages.SIZE);
                    }
                    for (int i = 0; i < COUNT; i++) {
                        store.read(
                                (long) i * Pages.SIZE, MemorySegment.ofArray(page), 0, Pages.SIZE);
                        if (!Arrays.equals(page, samples.get(i))) {
                            throw new IllegalStateException("not as it was: page=" + i);
                        }
                    }
                    StoreStats stats = store.stats();
                    System.out.println(
                            stats.unlockedBytes()
                                    + " of "
                                    + (stats.memUsedTotal() + stats.headroomBytes()));
                }
            }
        }
    }

    private static boolean isRoot() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    /** A prefix of util-linux, under which nothing may be locked. */
    private static List<String> withoutLocks() throws IOException {
        String limit = "--memlock=65536:65536";
        return isRoot()
                ? List.of("prlimit", limit, "setpriv", "--bounding-set=-ipc_lock")
                : List.of("prlimit", limit);
    }

    @Test
    void storesThatMayNotLockTheirMemoryGoOnSayItOnceAndShowIt() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.run(withoutLocks(), TwoStores.class);
        assertThat(outcome.out()).hasSize(2);
        for (String line : outcome.out()) {
            String[] words = line.split(" ", -1);
            assertThat(Long.parseLong(words[0])).isGreaterThan(Long.parseLong(words[2]));
        }
        assertThat(outcome.err()).containsOnlyOnce("memory of page stores can be swapped out");
    }

    @Test
    void storesThatMayLockTheirMemoryDoSo() throws Exception {
        assumeTrue(isRoot(), "others may lock as much as their limit says");
        ChildJvm.Outcome outcome = ChildJvm.run(List.of(), TwoStores.class);
        assertThat(outcome.out()).hasSize(2).allMatch(line -> line.startsWith("0 of "));
        assertThat(outcome.err()).doesNotContain("swapped out");
    }
}
