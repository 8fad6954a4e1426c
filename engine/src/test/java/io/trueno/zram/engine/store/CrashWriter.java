package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The process that {@link StoreCrashTest} kills: writes stamped pages to a store for ever, and
 * keeps a ledger of what it began and what it was told is done.
 *
 * <p>Ledger, one record per page: 64-bit version begun, 64-bit version returned.
 */
final class CrashWriter {
    static final int PAGES = 2048;
    static final int THREADS = 3;

    /** Pages that are seldom written and stay in memory, so that clusters of them last. */
    private static final int COLD = 1024;

    private static final int COLD_END = COLD + 512;
    private static final int COLD_WRITES = 500;
    private static final int TWIN_CONTENTS = 5;
    private static final VarHandle VERSION = ValueLayout.JAVA_LONG.varHandle();

    private CrashWriter() {}

    /**
     * Writes until killed.
     *
     * @param args store file, ledger file, seed
     */
    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[2]);
        PageStore store = openStore(Path.of(args[0]));
        MemorySegment ledger = ledger(Path.of(args[1]));
        Thread compactor = Thread.ofPlatform().daemon().unstarted(() -> compactForEver(store));
        Thread recompressor =
                Thread.ofPlatform().daemon().unstarted(() -> recompressForEver(store));
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            Thread.ofPlatform().start(() -> writeForEver(store, ledger, thread, seed));
        }
        if (store.backingStats().path().isEmpty()) {
            store.backing(Path.of(args[0]).resolveSibling("backing"), (seed & 1) == 0);
        }
        Thread writeback = Thread.ofPlatform().daemon().unstarted(() -> writeBackForEver(store));
        Thread deduplicator =
                Thread.ofPlatform().daemon().unstarted(() -> deduplicateForEver(store));
        compactor.start();
        recompressor.start();
        writeback.start();
        deduplicator.start();
        System.out.println("writing");
        System.out.flush();
    }

    static PageStore openStore(Path file) throws Exception {
        return PageStore.open(
                new StoreOptions(
                                "crash",
                                (long) PAGES * Pages.SIZE,
                                Algorithm.LZ4,
                                SimdBackend.SCALAR,
                                0)
                        .withTrainer(new OneDictionary(file.resolveSibling("dictionary")))
                        .withFile(file));
    }

    /** Has one dictionary to give, so that recompression soon goes on to pages. */
    private record OneDictionary(Path file, AtomicBoolean given) implements DictionaryTrainer {
        OneDictionary(Path file) {
            this(file, new AtomicBoolean());
        }

        @Override
        public byte[] train(MemorySegment pages, int count, int maxBytes)
                throws DictionaryTrainingException {
            if (given.getAndSet(true)) {
                throw new DictionaryTrainingException("there is no other");
            }
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Trains the dictionary that stores beside it use, which takes longer than their writers live.
     */
    static void makeDictionary(Path file) throws Exception {
        int count = 256;
        MemorySegment pages = MemorySegment.ofArray(new byte[count * Pages.SIZE]);
        for (int i = 0; i < count; i++) {
            byte[] page = RecordPages.of(i);
            MemorySegment.copy(
                    page, 0, pages, ValueLayout.JAVA_BYTE, (long) i * Pages.SIZE, Pages.SIZE);
        }
        Files.write(file, new LibzstdTrainer().train(pages, count, 16 << 10));
    }

    static MemorySegment ledger(Path file) throws Exception {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, PAGES * 16L, Arena.global());
        }
    }

    static long begun(MemorySegment ledger, int page) {
        return (long) VERSION.getVolatile(ledger, page * 16L);
    }

    static long returned(MemorySegment ledger, int page) {
        return (long) VERSION.getVolatile(ledger, page * 16L + 8);
    }

    /** Versions that are a discard rather than a write; the first of them is the fresh page. */
    static boolean isDiscarded(long version) {
        return version % 11 == 0;
    }

    /** Pages that have much the same content, so that they can share slots. */
    private static boolean isTwin(int number) {
        return number % 16 == 5 && (number < COLD || number >= COLD_END);
    }

    /** What version {@code version} of a page holds. */
    static void fill(byte[] page, int number, long version) {
        if (isDiscarded(version)) {
            Arrays.fill(page, (byte) 0);
            return;
        }
        if (isTwin(number)) {
            RecordPages.fill(page, version % TWIN_CONTENTS);
            return;
        }
        if (number / 512 % 2 == 0) {
            RecordPages.fill(page, number * 1_000_003L + version); // what a dictionary pays for
            return;
        }
        Random random = new Random(number * 1_000_003L + version);
        int words = (int) (version % 7) * 80; // from same-filled to incompressible
        MemorySegment bytes = MemorySegment.ofArray(page);
        long word = version % 3 == 0 ? version : random.nextLong();
        for (int i = 0; i < Pages.SIZE / 8; i++) {
            bytes.set(
                    ValueLayout.JAVA_LONG_UNALIGNED, i * 8L, i < words ? random.nextLong() : word);
        }
        bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, version);
        if (words > 0) {
            bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, Pages.SIZE - 8, version);
        }
    }

    private static void writeForEver(PageStore store, MemorySegment ledger, int thread, long seed) {
        Random random = new Random(seed * 31 + thread);
        byte[] content = new byte[Pages.SIZE];
        while (true) {
            int page = random.nextInt(PAGES / THREADS) * THREADS + thread;
            if (page >= COLD && page < COLD_END && random.nextInt(COLD_WRITES) != 0) {
                continue;
            }
            long version = begun(ledger, page) + 1;
            VERSION.setVolatile(ledger, page * 16L, version);
            if (isDiscarded(version)) {
                store.discard((long) page * Pages.SIZE, Pages.SIZE);
            } else {
                fill(content, page, version);
                store.write(
                        (long) page * Pages.SIZE, MemorySegment.ofArray(content), 0, Pages.SIZE);
            }
            VERSION.setVolatile(ledger, page * 16L + 8, version);
        }
    }

    private static void recompressForEver(PageStore store) {
        store.recompress(RecompressionRequest.parse("priority=2"));
        store.recompress(RecompressionRequest.ALL);
        System.out.println("recompressed");
        System.out.flush();
        while (true) {
            store.recompress(RecompressionRequest.ALL);
        }
    }

    private static void deduplicateForEver(PageStore store) {
        while (true) {
            store.deduplicate();
        }
    }

    private static void compactForEver(PageStore store) {
        while (true) {
            store.compact();
        }
    }

    /** A few pages at a time, so that most are in memory most of the time. */
    private static void writeBackForEver(PageStore store) {
        for (int page = 0; true; page = (page + 37) % (PAGES - 8)) {
            if (page + 7 >= COLD && page < COLD_END) {
                continue;
            }
            WritebackRequest few =
                    WritebackRequest.parse("page_indexes=" + page + "-" + (page + 7));
            String stopped = store.writeback(few).stopped();
            if (!stopped.isEmpty()) {
                throw new IllegalStateException(stopped);
            }
        }
    }
}
