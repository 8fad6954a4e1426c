package io.trueno.zram.agent.daemon;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreOptions;
import io.trueno.zram.nbd.NbdDriver;
import io.trueno.zram.ublk.UblkDriver;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Runs the path of a page, from a transport's thread to the memory it is kept in, on a small store
 * of its own: so that its classes are loaded before a device goes live, since a machine that is
 * short of memory should not have to read class files, and most of it is compiled.
 */
public final class WarmUp {
    private static final Logger LOG = System.getLogger(WarmUp.class.getName());
    private static final int PAGES = 64;
    private static final List<Algorithm> ALGORITHMS =
            List.of(Algorithm.zstd(1), Algorithm.ADAPTIVE, Algorithm.LZ4);

    private WarmUp() {}

    /** Requests that a transport makes of itself. */
    interface Rehearsal {
        /**
         * Serves {@code content}, writing and reading {@code pages}.
         *
         * @param requests how many at most
         * @param end when to stop anyway, by {@link System#nanoTime}
         */
        void run(BlockDevice content, MemorySegment pages, long requests, long end);
    }

    /** Runs the paths of all transports, as packaging asks for. */
    public static void runAll(Duration each) {
        run(Long.MAX_VALUE, each, UblkDriver::rehearse);
        run(Long.MAX_VALUE, each, NbdDriver::rehearse);
    }

    /**
     * Runs every codec once, and then requests with the one of the default policy.
     *
     * @param requests what serves them is compiled after some tens of thousands
     * @param atMost how long, where that takes longer
     */
    static void run(long requests, Duration atMost, Rehearsal rehearsal) {
        long end = System.nanoTime() + atMost.toNanos();
        long bytes = (long) PAGES * Pages.SIZE;
        StoreOptions options = StoreOptions.of("warm-up", bytes).withHeadroom(0);
        try (PageStore store = PageStore.open(options);
                Arena arena = Arena.ofConfined()) {
            MemorySegment pages = arena.allocate(bytes, Pages.SIZE);
            fill(pages);
            for (Algorithm algorithm : ALGORITHMS) {
                store.algorithm(algorithm);
                store.write(0, pages, 0, (int) bytes);
                store.read(0, pages, 0, (int) bytes);
            }
            rehearsal.run(store, pages, requests, end);
            store.discard(0, bytes);
            store.writeZeroes(0, bytes);
            fillUp(store, pages);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "no warm-up: {0}", e.getMessage());
        }
    }

    /** The way of a refused write, too: no memory is when it is most likely to be short of it. */
    private static void fillUp(PageStore store, MemorySegment pages) {
        store.memLimit(1);
        try {
            store.write(0, pages, 0, (int) pages.byteSize());
        } catch (BlockIoException.OutOfSpace e) {
            // as it should be
        }
    }

    /** With a little of everything: same-filled, words that repeat, bytes that do not. */
    private static void fill(MemorySegment pages) {
        Random random = new Random(1);
        byte[] page = new byte[Pages.SIZE];
        for (int p = 1; p < PAGES; p++) {
            random.nextBytes(page);
            int noise = Pages.SIZE * (p % 4) / 3;
            for (int i = noise; i < Pages.SIZE; i++) {
                page[i] = (byte) (i % (p + 3));
            }
            pages.asSlice((long) p * Pages.SIZE, Pages.SIZE).copyFrom(MemorySegment.ofArray(page));
        }
    }
}
