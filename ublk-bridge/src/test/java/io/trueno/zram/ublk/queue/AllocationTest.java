package io.trueno.zram.ublk.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreOptions;
import io.trueno.zram.ublk.control.UblkAbi;
import io.trueno.zram.ublk.uring.Uring;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a queue's thread does for a request, but for the driver: the ring carries no-ops instead.
 */
@Tag("fresh-jvm")
class AllocationTest {
    private static final int BATCH = 32;
    private static final int SECTORS = Pages.SIZE / 512;
    private static final int BATCHES = 2_000;
    private static final int MOST_ROUNDS = 60;

    @Test
    void aCompiledQueueAllocatesNothing() throws IOException {
        List<byte[]> samples = SamplePages.all();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PageStore store = PageStore.open(StoreOptions.of("test", 4 << 20));
                Uring ring = Uring.forOneThread(BATCH);
                Arena arena = Arena.ofShared()) {
            MemorySegment buffers = arena.allocate((long) BATCH * Pages.SIZE, Pages.SIZE);
            for (int i = 0; i < BATCH; i++) {
                buffers.asSlice((long) i * Pages.SIZE, Pages.SIZE)
                        .copyFrom(MemorySegment.ofArray(samples.get(i)));
            }
            RequestServer server = new RequestServer(store);
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < MOST_ROUNDS && allocated > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                long failures = serve(server, ring, buffers);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertThat(failures).isZero();
            }
            assertThat(allocated).as("bytes in %d requests", BATCHES * BATCH).isZero();
        }
    }

    /** The number of requests that failed. */
    private static long serve(RequestServer server, Uring ring, MemorySegment buffers) {
        long failures = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            for (int tag = 0; tag < BATCH; tag++) {
                ring.nop(tag);
            }
            ring.submitAndWait(1);
            int completions = ring.ready();
            for (int i = 0; i < completions; i++) {
                int tag = (int) ring.userData(i);
                int op = batch % 4 == 3 ? UblkAbi.UBLK_IO_OP_DISCARD : batch % 2;
                long sector = (long) tag * SECTORS;
                long at = (long) tag * Pages.SIZE;
                if (server.serve(op, sector, SECTORS, buffers, at, Pages.SIZE) < 0) {
                    failures++;
                }
            }
            ring.release(completions);
        }
        return failures;
    }
}
