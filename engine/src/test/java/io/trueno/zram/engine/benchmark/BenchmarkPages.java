package io.trueno.zram.engine.benchmark;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SimdBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The sample's pages in native memory, as a transport hands them over, one after the other. */
final class BenchmarkPages {
    /** As many of them as stay in the second-level cache: a power of two. */
    private static final int COUNT = 256;

    final MemorySegment memory = Arena.global().allocate((long) COUNT * Pages.SIZE, 64);
    private int turn;

    BenchmarkPages() {
        List<byte[]> all = SamplePages.all();
        int step = all.size() / COUNT;
        for (int i = 0; i < COUNT; i++) {
            MemorySegment page = MemorySegment.ofArray(all.get(i * step));
            MemorySegment.copy(page, 0, memory, offset(i), Pages.SIZE);
        }
    }

    int count() {
        return COUNT;
    }

    long offset(int page) {
        return (long) page * Pages.SIZE;
    }

    /** The next page's number. */
    int next() {
        turn = (turn + 1) & (COUNT - 1);
        return turn;
    }

    /** The widest backend, which must not be the scalar one. */
    static SimdBackend vectors() {
        SimdBackend widest = SimdBackend.detect();
        check(widest != SimdBackend.SCALAR, "no vector backend is available");
        return widest;
    }

    static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalStateException(otherwise);
        }
    }
}
