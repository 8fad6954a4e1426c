package io.trueno.zram.engine;

import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Compresses batches of pages over several threads, each with codecs and scratch memory of its own.
 * The calling thread works along. One batch at a time: callers take turns.
 *
 * <p>Per page nothing is allocated; per batch, a few objects to hand it to the threads.
 */
public final class BatchCompressor implements AutoCloseable {
    /** Pages that a thread takes at once: enough to be rarely in each other's way. */
    private static final int BLOCK = 32;

    private final List<Worker> workers = new ArrayList<>();
    private final ExecutorService pool;

    private BatchCompressor(List<Worker> workers) {
        this.workers.addAll(workers);
        pool =
                Executors.newFixedThreadPool(
                        Math.max(1, workers.size() - 1),
                        Thread.ofPlatform().daemon().name("page-batch-", 0).factory());
    }

    /**
     * With one algorithm for all pages; those that it does not shrink are kept as they are.
     *
     * @param algorithm one that {@link PageCodecs#create} knows
     * @param threads threads that work on a batch, the calling one included; at least 1
     */
    public static BatchCompressor of(Algorithm algorithm, SimdBackend backend, int threads) {
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < atLeastOne(threads); i++) {
            workers.add(new Worker(null, PageCodecs.create(algorithm, backend), algorithm));
        }
        return new BatchCompressor(workers);
    }

    /**
     * With the algorithm that suits each page.
     *
     * @param threads as for {@link #of}
     */
    public static BatchCompressor adaptive(
            SelectionPolicy policy, SimdBackend backend, int threads) {
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < atLeastOne(threads); i++) {
            workers.add(new Worker(new AdaptiveCompressor(policy, backend), null, Algorithm.NONE));
        }
        return new BatchCompressor(workers);
    }

    private static int atLeastOne(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a batch needs a thread: threads=" + threads);
        }
        return threads;
    }

    /** How many threads work on a batch. */
    public int threads() {
        return workers.size();
    }

    /**
     * Compresses pages that lie back to back.
     *
     * @param pages holds {@code count} pages from {@code offset}; not kept
     * @param result takes what comes out, in the order of the pages
     * @throws IndexOutOfBoundsException if the pages do not lie in the segment or exceed the
     *     result's capacity
     * @throws InterruptedException if the caller is interrupted while others still work; the result
     *     and this compressor may then only be closed
     */
    public synchronized void compressBatch(
            MemorySegment pages, long offset, int count, PageBatch result)
            throws InterruptedException {
        Objects.checkFromIndexSize(offset, (long) count * Pages.SIZE, pages.byteSize());
        result.begin(count);
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> others = new ArrayList<>();
        int useful = Math.min(workers.size(), Math.ceilDiv(count, BLOCK));
        for (int i = 1; i < useful; i++) {
            Worker worker = workers.get(i);
            others.add(pool.submit(() -> worker.run(pages, offset, count, next, result)));
        }
        workers.getFirst().run(pages, offset, count, next, result);
        for (Future<?> other : others) {
            try {
                other.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a batch thread failed", e.getCause());
            }
        }
    }

    /** Ends the threads; a batch under way is finished. */
    @Override
    public void close() {
        pool.close();
    }

    /** One thread's codecs. */
    private static final class Worker {
        private final @Nullable AdaptiveCompressor adaptive;
        private final @Nullable PageCodec codec;
        private final Algorithm algorithm;
        private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];

        Worker(
                @Nullable AdaptiveCompressor adaptive,
                @Nullable PageCodec codec,
                Algorithm algorithm) {
            this.adaptive = adaptive;
            this.codec = codec;
            this.algorithm = algorithm;
        }

        void run(
                MemorySegment pages, long offset, int count, AtomicInteger next, PageBatch result) {
            int from;
            while ((from = next.getAndAdd(BLOCK)) < count) {
                int end = Math.min(from + BLOCK, count);
                for (int page = from; page < end; page++) {
                    compress(pages, offset + (long) page * Pages.SIZE, page, result);
                }
            }
        }

        private void compress(MemorySegment pages, long at, int page, PageBatch result) {
            if (adaptive != null) {
                int length = adaptive.compress(pages, at, packed);
                result.put(page, adaptive.lastAlgorithm(), packed, length);
                return;
            }
            int length =
                    codec == null ? PageCodec.INCOMPRESSIBLE : codec.compress(pages, at, packed);
            if (length == PageCodec.INCOMPRESSIBLE) {
                MemorySegment.copy(pages, ValueLayout.JAVA_BYTE, at, packed, 0, Pages.SIZE);
                result.put(page, Algorithm.NONE, packed, Pages.SIZE);
            } else {
                result.put(page, algorithm, packed, length);
            }
        }
    }
}
