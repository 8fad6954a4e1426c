package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes pages to the backing device and lets go of their memory. Runs on its caller's thread, one
 * request at a time; reads and writes of pages go on.
 *
 * <p>A batch is read and packed page by page, written without holding a lane, however long that
 * takes, and published page by page: a page whose content is another by then stays as it is. It is
 * the content that is compared, since an entry may be the same again after its slot was freed and
 * taken anew, and another after the compactor has moved the page.
 */
final class Writeback {
    /** Pages are taken by class of packed size, the largest first. */
    private static final int CLASS_SHIFT = 9;

    private static final int CLASSES = (Pages.SIZE >>> CLASS_SHIFT) + 1;

    /** For pages whose packed form needs more than themselves. */
    private static final WriteMethod ALONE =
            new WriteMethod(Algorithm.zstd(1), SelectionPolicy.RATIO);

    private final PageTable table;
    private final AccessTimes access;
    private final Epochs epochs;
    private final PageIo io;
    private final Lane lane;
    private final StoreFile file;
    private volatile WritebackSettings settings;

    /**
     * @param lane reserved for this
     * @param file where the settings are kept
     */
    Writeback(
            PageTable table,
            AccessTimes access,
            Epochs epochs,
            PageIo io,
            Lane lane,
            StoreFile file) {
        this.table = table;
        this.access = access;
        this.epochs = epochs;
        this.io = io;
        this.lane = lane;
        this.file = file;
        settings = file.writebackSettings();
    }

    WritebackSettings settings() {
        return settings;
    }

    /** Changes the settings, after the writeback that runs; for the next process too. */
    synchronized void settings(WritebackSettings wanted) {
        settings = wanted;
        file.writebackSettings(wanted);
    }

    /** Writes the chosen pages to {@code backing}. */
    synchronized WritebackResult run(WritebackRequest request, Backing backing) {
        Run run = new Run(request, backing);
        long[] counts = run.countClasses();
        for (int sizeClass = CLASSES - 1; sizeClass >= 0 && !run.isStopped(); sizeClass--) {
            if (counts[sizeClass] > 0) {
                run.takeClass(sizeClass);
            }
        }
        run.flush();
        return run.result();
    }

    private static int sizeClass(long entry) {
        return Math.min(PageEntry.packedLength(entry) >>> CLASS_SHIFT, CLASSES - 1);
    }

    /** A page on its way: as it was, and the record of it. */
    private static final class Taken {
        final long page;
        final byte[] content;
        final byte[] record;
        final int packedLength;

        Taken(long page, byte[] content, byte[] record, int packedLength) {
            this.page = page;
            this.content = content;
            this.record = record;
            this.packedLength = packedLength;
        }
    }

    private final class Run {
        private final WritebackRequest request;
        private final Backing backing;
        private final List<Taken> batch = new ArrayList<>();
        private long pages;
        private long blocks;
        private long bytes;
        private String stopped = "";

        Run(WritebackRequest request, Backing backing) {
            this.request = request;
            this.backing = backing;
        }

        WritebackResult result() {
            return new WritebackResult(pages, blocks, bytes, stopped);
        }

        boolean isStopped() {
            return !stopped.isEmpty();
        }

        private boolean isChosen(long page, long entry) {
            boolean huge = PageEntry.kind(entry) == PageEntry.RAW;
            boolean hopeless = huge && access.settled(page) >= RecompressionEffort.MOST.priority();
            return PageEntry.isSlot(entry)
                    && PageEntry.kind(entry) != PageEntry.WORD
                    && (!request.idle() || access.isIdle(page))
                    && (!request.huge() || huge)
                    && (!request.incompressible() || hopeless)
                    && request.covers(page);
        }

        long[] countClasses() {
            long[] counts = new long[CLASSES];
            for (long page = 0; page < table.pages(); page++) {
                long entry = table.get(page);
                if (isChosen(page, entry)) {
                    counts[sizeClass(entry)]++;
                }
            }
            return counts;
        }

        void takeClass(int sizeClass) {
            for (long page = 0; page < table.pages() && !isStopped(); page++) {
                long entry = table.get(page);
                if (isChosen(page, entry) && sizeClass(entry) == sizeClass) {
                    take(page);
                    if (batch.size() >= settings.batchPages()) {
                        flush();
                    }
                }
            }
        }

        private void take(long page) {
            epochs.enter(lane.number);
            try {
                long entry = table.get(page);
                if (!isChosen(page, entry)) {
                    return; // written in the meantime
                }
                io.read(lane, page, entry, lane.page, 0);
                byte[] content = lane.page.toArray(ValueLayout.JAVA_BYTE);
                int kind = PageEntry.kind(entry);
                int length;
                if (!settings.compressed()) {
                    kind = PageEntry.RAW;
                    length = Pages.SIZE;
                    System.arraycopy(content, 0, lane.packed, 0, length);
                } else if (standsAlone(kind)) {
                    length = PageEntry.packedLength(entry); // reading left it in the lane
                } else {
                    length = lane.packer.pack(ALONE, lane.page, 0, lane.packed);
                    kind = lane.packer.kind();
                }
                int checksum = SlotLayout.checksum(lane.crc32c(length), kind, length, page);
                byte[] record = backing.record(page, kind, lane.packed, length, checksum);
                batch.add(new Taken(page, content, record, length));
            } catch (BlockIoException.StoreFailure e) {
                // damaged; whoever reads it will be told
            } finally {
                epochs.exit(lane.number);
            }
        }

        private static boolean standsAlone(int kind) {
            return kind == PageEntry.RAW || kind == PageEntry.LZ4 || kind == PageEntry.ZSTD;
        }

        /** Writes what has been taken, in as few pieces as there is room for. */
        void flush() {
            int from = 0;
            while (from < batch.size() && !isStopped()) {
                int to = batch.size();
                if (settings.limitEnabled()) {
                    to = withinLimit(from);
                    if (to == from) {
                        stopped = "writeback_limit is used up";
                        break;
                    }
                }
                long address = backing.allocate(blocks(from, to));
                while (address == BlockMap.NONE && to > from + 1) {
                    to = from + (to - from) / 2;
                    address = backing.allocate(blocks(from, to));
                }
                if (address == BlockMap.NONE) {
                    stopped = "the backing device is full";
                    break;
                }
                write(from, to, address);
                from = to;
            }
            batch.clear();
        }

        private int withinLimit(int from) {
            int to = batch.size();
            while (to > from && blocks(from, to) > settings.limitBlocks()) {
                to--;
            }
            return to;
        }

        private int blocks(int from, int to) {
            long total = 0;
            for (Taken taken : batch.subList(from, to)) {
                total += backing.recordBytes(taken.packedLength);
            }
            return Math.toIntExact((total + Backing.BLOCK - 1) / Backing.BLOCK);
        }

        private void write(int from, int to, long address) {
            int count = blocks(from, to);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate((long) count * Backing.BLOCK, Backing.BLOCK);
                long at = 0;
                for (Taken taken : batch.subList(from, to)) {
                    byte[] record = taken.record;
                    MemorySegment.copy(record, 0, buffer, ValueLayout.JAVA_BYTE, at, record.length);
                    at += backing.recordBytes(taken.packedLength);
                }
                if (settings.limitEnabled()) { // spent before the write, which may be the last
                    settings(settings.withLimitBlocks(settings.limitBlocks() - count));
                }
                backing.write(address, buffer);
                blocks += count;
                at = address;
                for (Taken taken : batch.subList(from, to)) {
                    publish(taken, at);
                    at += backing.recordBytes(taken.packedLength);
                }
                count(count);
            } catch (IOException e) {
                stopped = "the backing device failed: " + e.getMessage();
            } finally {
                backing.releaseExtent(address, count);
            }
        }

        private void publish(Taken taken, long address) {
            epochs.enter(lane.number);
            try {
                backing.retain(address, taken.packedLength);
                if (!replace(taken, address)) {
                    backing.free(address, taken.packedLength);
                }
            } catch (BlockIoException.StoreFailure e) {
                // damaged by now; whoever reads it will be told
            } finally {
                epochs.exit(lane.number);
            }
        }

        /** Replaces a page that still is as it was, wherever the compactor has moved it. */
        private boolean replace(Taken taken, long address) {
            long backed = PageEntry.slot(PageEntry.BACKED, taken.packedLength, address);
            while (true) {
                long entry = table.get(taken.page);
                if (!PageEntry.isSlot(entry)) {
                    return false; // discarded, or written with one word
                }
                io.read(lane, taken.page, entry, lane.page, 0);
                if (!Arrays.equals(lane.page.toArray(ValueLayout.JAVA_BYTE), taken.content)) {
                    return false; // written in the meantime
                }
                if (io.replaceIf(lane, taken.page, entry, backed)) {
                    pages++;
                    bytes += PageEntry.packedLength(entry);
                    access.clearIdle(taken.page);
                    return true;
                }
            }
        }

        private void count(int written) {
            epochs.enter(lane.number);
            lane.counters.add(Counters.BD_WRITES, written);
            epochs.exit(lane.number);
        }
    }
}
