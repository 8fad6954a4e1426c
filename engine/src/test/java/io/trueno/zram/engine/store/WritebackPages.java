package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SimdBackend;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;

/** Pages to write back, and a store for them. */
final class WritebackPages {
    static final int COUNT = 256;
    static final WritebackRequest ALL = WritebackRequest.parse("page_indexes=0-255");
    private static final List<byte[]> SAMPLES = SamplePages.all();

    private WritebackPages() {}

    static StoreOptions options() {
        return new StoreOptions(
                "test", (long) COUNT * Pages.SIZE, Algorithm.LZ4, SimdBackend.detect(), 0);
    }

    static PageStore open() throws IOException {
        return PageStore.open(options());
    }

    /** Every fourth page random, which no codec makes smaller; the others real. */
    static byte[] content(int page) {
        if (page % 4 == 0) {
            byte[] random = new byte[Pages.SIZE];
            new Random(page).nextBytes(random);
            return random;
        }
        return SAMPLES.get(page * 3 % SAMPLES.size());
    }

    static void fill(PageStore store) {
        for (int i = 0; i < COUNT; i++) {
            store.write((long) i * Pages.SIZE, MemorySegment.ofArray(content(i)), 0, Pages.SIZE);
        }
    }

    static byte[] read(PageStore store, int page) {
        byte[] bytes = new byte[Pages.SIZE];
        store.read((long) page * Pages.SIZE, MemorySegment.ofArray(bytes), 0, Pages.SIZE);
        return bytes;
    }

    static void assertAllThere(PageStore store) {
        for (int i = 0; i < COUNT; i++) {
            assertThat(read(store, i)).as("page %d", i).isEqualTo(content(i));
        }
    }
}
