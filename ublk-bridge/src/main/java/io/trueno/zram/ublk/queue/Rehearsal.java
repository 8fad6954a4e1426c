package io.trueno.zram.ublk.queue;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.ublk.control.UblkAbi;
import io.trueno.zram.ublk.uring.Uring;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** What a queue's thread does, without a driver: no-ops come back from the ring as requests. */
public final class Rehearsal {
    private static final int BATCH = 32;
    private static final int SECTORS = Pages.SIZE / 512;

    /** Of every eight batches one discards, four write and three read. */
    private static final int[] OPERATIONS = {
        UblkAbi.UBLK_IO_OP_WRITE,
        UblkAbi.UBLK_IO_OP_READ,
        UblkAbi.UBLK_IO_OP_WRITE,
        UblkAbi.UBLK_IO_OP_READ,
        UblkAbi.UBLK_IO_OP_DISCARD,
        UblkAbi.UBLK_IO_OP_WRITE,
        UblkAbi.UBLK_IO_OP_READ,
        UblkAbi.UBLK_IO_OP_WRITE
    };

    private Rehearsal() {}

    /**
     * Serves batches of requests until so many are served or it is {@code end}, one at least.
     *
     * @param content of at least as many bytes as {@code pages}; overwritten with those
     * @param pages whole pages
     * @param most requests
     * @param end of it, as of {@link System#nanoTime}
     */
    public static void run(BlockDevice content, MemorySegment pages, long most, long end) {
        RequestServer requests = new RequestServer(content);
        int count = (int) (pages.byteSize() / Pages.SIZE);
        Objects.requireNonNull(UblkQueue.class); // loads it
        try (Uring ring = Uring.forOneThread(BATCH);
                Arena arena = Arena.ofConfined()) {
            MemorySegment scratch = arena.allocate(pages.byteSize(), Pages.SIZE);
            int batch = 0;
            long served = 0;
            do {
                for (int i = 0; i < BATCH; i++) {
                    ring.nop((batch * BATCH + i) % count);
                }
                ring.submitAndWait(1);
                int operation = OPERATIONS[batch++ % OPERATIONS.length];
                boolean writes = operation == UblkAbi.UBLK_IO_OP_WRITE;
                int completions = ring.ready();
                for (int i = 0; i < completions; i++) {
                    long page = ring.userData(i);
                    requests.serve(
                            operation,
                            page * SECTORS,
                            SECTORS,
                            writes ? pages : scratch,
                            page * Pages.SIZE,
                            Pages.SIZE);
                }
                ring.release(completions);
                served += completions;
            } while (served < most && System.nanoTime() - end < 0);
        }
    }
}
