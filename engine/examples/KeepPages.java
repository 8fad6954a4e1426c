import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreOptions;
import io.trueno.zram.engine.store.StoreStats;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Keeps the pages of a file compressed, reads one back, and says what they took. */
class KeepPages {
    public static void main(String[] args) throws Exception {
        byte[] pages = Files.readAllBytes(Path.of(args[0]));
        try (PageStore store = PageStore.open(StoreOptions.of("example", pages.length))) {
            store.write(0, MemorySegment.ofArray(pages), 0, pages.length);

            byte[] page = new byte[Pages.SIZE];
            store.read(7L * Pages.SIZE, MemorySegment.ofArray(page), 0, page.length);
            System.out.println(
                    "page 7 is back: "
                            + Arrays.equals(
                                    page,
                                    Arrays.copyOfRange(
                                            pages, 7 * Pages.SIZE, 8 * Pages.SIZE)));

            StoreStats stats = store.stats();
            System.out.printf(
                    "%d bytes of pages packed to %d%n",
                    stats.origDataSize(), stats.comprDataSize());
        }
    }
}
