package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of each page. */
class BlockStateTest {
    private static final int PAGE = Pages.SIZE;

    @TempDir Path folder;

    @Test
    void blockStatesTellWhatBecameOfEachStoredPage() throws IOException {
        try (PageStore store = WritebackPages.open()) {
            store.write(PAGE, MemorySegment.ofArray(new byte[PAGE]), 0, PAGE);
            store.write(5L * PAGE, MemorySegment.ofArray(WritebackPages.content(5)), 0, PAGE);
            store.write(6L * PAGE, MemorySegment.ofArray(WritebackPages.content(6)), 0, PAGE);
            store.write(
                    204L * PAGE,
                    MemorySegment.ofArray(WritebackPages.content(204)),
                    0,
                    PAGE); // has no neighbours
            assertThat(flags(store))
                    .containsExactly("1 s.....", "5 ......", "6 ......", "204 ..h...");
            store.recompress(RecompressionRequest.parse("priority=3"));
            store.markIdle(0);
            store.backing(folder.resolve("backing"), false);
            store.writeback(WritebackRequest.parse("page_index=6"));
            assertThat(flags(store))
                    .containsExactly("1 s.....", "5 ...ir.", "6 .w....", "204 ..hi.n");
            long now = System.nanoTime() / 1_000_000_000L;
            assertThat(store.blockStates(0, WritebackPages.COUNT))
                    .allSatisfy(s -> assertThat(s.accessSeconds()).isBetween(now - 60, now + 1));
            assertThat(store.blockStates(5, 1)).hasSize(1);
            assertThat(store.blockStates(WritebackPages.COUNT, 10)).isEmpty();
        }
    }

    private static List<String> flags(PageStore store) {
        return store.blockStates(0, WritebackPages.COUNT).stream()
                .map(s -> s.page() + " " + s.flags())
                .toList();
    }
}
