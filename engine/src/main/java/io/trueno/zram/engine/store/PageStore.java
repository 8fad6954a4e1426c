package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.store.SlotArena.ChunkUse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link BlockDevice} that keeps its pages compressed, off-heap.
 *
 * <p>A write packs the page in a lane's scratch memory, copies it to a fresh slot, publishes the
 * slot by exchanging the page's table entry, and frees the slot that the old entry named. A read
 * loads the entry and unpacks from the slot, which stays as it is for as long as the reader's lane
 * is held ({@link Epochs}). So readers wait for nobody, writers of one page order themselves by the
 * exchange, and no lock is held across a compression. A write of part of a page is read, change,
 * compare-and-set, retried when another write came between.
 *
 * <p>In the steady state requests allocate nothing and make no system call.
 */
public final class PageStore implements BlockDevice {
    /** Longest age that {@link #markIdle} can tell, in seconds. */
    public static final int MAX_IDLE_SECONDS = AccessTimes.OLDEST_SECONDS;

    private final StoreOptions options;
    private final StoreFile file;
    private final PageTable table;
    private final AccessTimes access;
    private final Epochs epochs;
    private final SlotArena arena;
    private final PageIo io;
    private final Lane[] lanes;
    private final Dictionaries dictionaries;
    private final Compactor compactor;
    private final Headroom headroom;
    private final BackedPages backed;
    private final Requests requests;
    private final Recompressor recompressor;

    /**
     * Opens a store: a new, empty one, or the one that {@link StoreOptions#file} holds already. It
     * takes address space for the whole device at once and memory only for what is written.
     *
     * @throws StoreFormatException if the file is damaged, truncated, of another version or of a
     *     device of another size; it is left as it is
     * @throws IOException if the file cannot be opened or made, or another process has it open
     * @throws io.trueno.zram.engine.memory.MemoryFailure if the kernel refuses the memory
     */
    public static PageStore open(StoreOptions options) throws IOException {
        StoreFile file =
                StoreFile.forDevice(
                        options.name(),
                        options.sizeBytes(),
                        new WriteMethod(options.algorithm(), options.policy()),
                        options.file());
        try {
            return new PageStore(options, file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static int sharedLanes() {
        return 2 * Runtime.getRuntime().availableProcessors() + 2;
    }

    private PageStore(StoreOptions options, StoreFile file) throws IOException {
        this.options = options;
        this.file = file;
        int shared = sharedLanes();
        epochs = new Epochs(shared, 2);
        table = new PageTable(file.table(), options.sizeBytes());
        access = new AccessTimes(file.access(), table.pages());
        arena = new SlotArena(file, epochs);
        arena.limit(options.memLimitBytes());
        arena.headroom(usefulHeadroom(options.headroomBytes()));
        dictionaries = new Dictionaries(file, options.backend());
        io = new PageIo(options.name(), table, access, dictionaries, arena);
        lanes = new Lane[epochs.lanes()];
        for (int i = 0; i < lanes.length; i++) {
            ChunkUse use = i < shared ? ChunkUse.REQUEST : ChunkUse.BACKGROUND;
            lanes[i] = new Lane(i, arena, epochs, options.backend(), use);
        }
        backed = new BackedPages(options.name(), file, table, access, epochs, io, lanes);
        backed.find();
        io.adopt(lanes[0]);
        compactor = new Compactor(options.name(), table, arena, epochs, io, lanes[shared]);
        requests = new Requests(lanes, epochs, io, compactor, file.method(), file.deviceBytes());
        headroom = new Headroom(options.name(), arena);
        if (!file.lock()) {
            NotLocked.sayOnce();
        }
        PageRepacker repacker = new PageRepacker(io, options.backend());
        DictionaryKeeper keeper =
                new DictionaryKeeper(
                        table,
                        dictionaries,
                        epochs,
                        io,
                        lanes[shared],
                        repacker,
                        options.backend(),
                        options.trainer().orElse(null));
        recompressor =
                new Recompressor(
                        options.name(),
                        table,
                        access,
                        new RepackTools(
                                epochs,
                                arena,
                                lanes[shared],
                                repacker,
                                new ClusterPacker(io, repacker, options.backend()),
                                keeper),
                        file.method().policy());
        recompressor.settings(file.recompression());
        compactor.start();
        recompressor.start();
        headroom.start();
    }

    /** Returns when the headroom is there, or as much of it as there is memory for. */
    public void awaitHeadroom() throws InterruptedException {
        headroom.await();
    }

    /** That memory is not locked is said once, however many stores there are. */
    private static final class NotLocked {
        static {
            System.getLogger(PageStore.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "memory of page stores can be swapped out: raise RLIMIT_MEMLOCK");
        }

        static void sayOnce() {
            // the class is initialized once
        }
    }

    /**
     * Changes how much arena memory is mapped ahead of its use.
     *
     * @param bytes 0 for next to nothing
     */
    public void headroom(long bytes) {
        StoreOptions.requireHeadroom(bytes);
        arena.headroom(usefulHeadroom(bytes));
    }

    /** No more than the device could need. */
    private long usefulHeadroom(long bytes) {
        return Math.min(bytes, file.deviceBytes() + (long) epochs.lanes() * SlotArena.CHUNK);
    }

    /** What the store was opened with. */
    public StoreOptions options() {
        return options;
    }

    /** The algorithm that new pages are compressed with. */
    public Algorithm algorithm() {
        return requests.method().algorithm();
    }

    /** What the store is to be good at. */
    public SelectionPolicy policy() {
        return requests.method().policy();
    }

    /**
     * Changes the algorithm for pages written from now on; those stored stay as they are.
     *
     * @throws IllegalArgumentException if there is no codec for it
     */
    public void algorithm(Algorithm wanted) {
        change(wanted, null);
    }

    /**
     * Changes the policy for pages written from now on, which it chooses the codecs of if the
     * algorithm is {@link Algorithm#ADAPTIVE}, and for the work in the background.
     */
    public void policy(SelectionPolicy wanted) {
        change(null, wanted);
    }

    private synchronized void change(
            @Nullable Algorithm algorithm, @Nullable SelectionPolicy policy) {
        WriteMethod now = requests.method();
        WriteMethod wanted =
                new WriteMethod(
                        algorithm == null ? now.algorithm() : algorithm,
                        policy == null ? now.policy() : policy);
        wanted.requireCodec(options.backend());
        file.method(wanted);
        requests.method(wanted);
        recompressor.policy(wanted.policy());
    }

    @Override
    public long sizeBytes() {
        return requests.sizeBytes();
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        requests.read(offset, target, targetOffset, length);
    }

    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        requests.write(offset, source, sourceOffset, length);
    }

    @Override
    public void discard(long offset, long length) {
        requests.clear(offset, length, true);
        arena.reclaim();
    }

    @Override
    public void writeZeroes(long offset, long length) {
        requests.clear(offset, length, false);
    }

    @Override
    public void flush() {
        // Memory is all there is: what has been published is as safe as it gets.
    }

    @Override
    public long extent(long offset, long length) {
        return requests.extent(offset, length);
    }

    /** What of the device is stored in which way. */
    public List<CodecShare> codecs() {
        return new CounterSums(lanes).codecs();
    }

    /**
     * Gives the store a file or block device to write pages back to. It stays the store's own until
     * that is closed for good: the next process that opens the store's file finds it again. What is
     * written there can be read by whoever can read it, unless it is encrypted; the key is kept in
     * the store's memory alone.
     *
     * @param path of a block device, of an empty file of the size that may be used, or of none,
     *     which is then made and grows
     * @throws IllegalStateException if the store has one already
     * @throws IOException if it cannot be used; the message says what to do
     */
    public void backing(Path path, boolean encrypted) throws IOException {
        backed.attach(path, encrypted);
    }

    /** Uses an open device, which is the store's from now on. */
    void backing(BackingIdentity identity, BackingDevice device) throws IOException {
        backed.attach(identity, device);
    }

    /**
     * Writes pages back and lets go of their memory. Returns when that is done or cannot go on;
     * requests go on meanwhile. Pages that could not be written stay in memory.
     *
     * @throws IllegalStateException if there is no backing device
     * @throws IllegalArgumentException if a range lies outside the device
     */
    public WritebackResult writeback(WritebackRequest request) {
        return backed.writeback(request);
    }

    /** How pages are written back, and what is left of the limit. */
    public WritebackSettings writebackSettings() {
        return backed.settings();
    }

    /** Changes how pages are written back. */
    public void writebackSettings(WritebackSettings wanted) {
        backed.settings(wanted);
    }

    /** The backing device in numbers. */
    public BackingStats backingStats() {
        return backed.stats();
    }

    /**
     * Grows or shrinks the device while requests go on. What comes in reads as zeros. A request
     * beyond the new end that comes at the moment of shrinking may be refused even if that fails.
     *
     * @param bytes a multiple of {@link Pages#SIZE}
     * @throws IllegalArgumentException if the size is not one that the device can have
     * @throws IllegalStateException if pages are stored beyond the new end, or there is no memory
     *     for a larger index; nothing is changed
     */
    public synchronized void resize(long bytes) {
        long most = file.header().capacityBytes();
        if (bytes < Pages.SIZE || bytes % Pages.SIZE != 0 || bytes > most) {
            throw new IllegalArgumentException(
                    "the size must be a multiple of 4096 from 4096 to "
                            + most
                            + " bytes, to which this device can grow: bytes="
                            + bytes);
        }
        long old = sizeBytes();
        long pages = bytes >>> Pages.SHIFT;
        if (bytes > old && !file.populateIndex(bytes)) {
            throw new IllegalStateException(
                    "no memory for the page table of a device of " + bytes + " bytes");
        }
        if (bytes < old) {
            requireHoles(pages);
            requests.sizeBytes(bytes); // from now on requests stay before the new end
            epochs.awaitQuiescent();
            try {
                requireHoles(pages);
            } catch (IllegalStateException writtenAtTheLastMoment) {
                requests.sizeBytes(old);
                throw writtenAtTheLastMoment;
            }
            file.deviceBytes(bytes);
        }
        table.pages(pages);
        access.pages(pages);
        if (bytes > old) {
            file.deviceBytes(bytes);
            requests.sizeBytes(bytes);
        }
    }

    private void requireHoles(long from) {
        for (long page = from; page < table.pages(); page++) {
            if (!io.isHole(page)) {
                throw new IllegalStateException(
                        "data lies beyond the new end: discard it first: page=" + page);
            }
        }
    }

    /**
     * The size of the device that a store file holds, which may be open.
     *
     * @throws StoreFormatException if it is damaged or of another version
     * @throws IOException if it cannot be read
     */
    public static long storedSizeBytes(Path file) throws IOException {
        return StoreFile.storedDeviceBytes(file);
    }

    /**
     * Zeroes all that is stored, whose memory can be given back then without leaving anything of it
     * behind. The last request to a store but {@link #close}.
     */
    public void erase() {
        headroom.close();
        compactor.close();
        recompressor.close();
        epochs.close();
        backed.disown();
        arena.erase();
        dictionaries.erase();
        file.eraseIndex();
    }

    /** Whether requests are timed, as they are unless told otherwise. */
    public void timeRequests(boolean wanted) {
        requests.areTimed(wanted);
    }

    /**
     * Whether reads verify the checksum of what they read, as they do unless told otherwise. The
     * table entry is checked in any case.
     */
    public void verifyChecksums(boolean wanted) {
        io.verifyChecksums(wanted);
    }

    /** How long reads took since the store was opened. */
    public LatencyStats readLatency() {
        return LatencyStats.of(lanes, epochs, lane -> lane.reads);
    }

    /** How long writes took since the store was opened. */
    public LatencyStats writeLatency() {
        return LatencyStats.of(lanes, epochs, lane -> lane.writes);
    }

    /** The counters as they are now. */
    public StoreStats stats() {
        CounterSums sums = new CounterSums(lanes);
        long used = arena.usedBytes();
        long ready = arena.headroomBytes();
        long index = table.bytes() + access.bytes();
        long dictionaryBytes = dictionaries.usedBytes();
        return new StoreStats(
                sums.storedBytes(),
                sums.compressedBytes(),
                used,
                arena.limitBytes(),
                arena.peakBytes(),
                sums.samePages(),
                compactor.pagesCompacted(),
                sums.hugePages(),
                sums.get(Counters.HUGE_PAGES_SINCE),
                sums.get(Counters.FAILED_READS),
                sums.get(Counters.FAILED_WRITES),
                sums.get(Counters.NOTIFY_FREE),
                sums.get(Counters.PAGES_READ),
                sums.get(Counters.PAGES_WRITTEN),
                sums.get(Counters.DAMAGED_ENTRIES),
                index + arena.indexBytes(),
                ready,
                arena.softLimitBytes(),
                arena.softLimitEvents(),
                dictionaryBytes,
                file.isLocked() ? 0 : used + ready + index + dictionaryBytes);
    }

    /**
     * Changes the limit of {@link StoreStats#memUsedTotal}; what is above it stays until freed.
     *
     * @param bytes 0 for no limit
     */
    public void memLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative memory limit: bytes=" + bytes);
        }
        arena.limit(bytes);
    }

    /**
     * Sets how much of {@link StoreStats#memUsedTotal} is worth a word: each time it comes to that
     * much from below, it is counted and a listener is told.
     *
     * @param bytes 0 for none
     */
    public void softLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative soft limit: bytes=" + bytes);
        }
        arena.softLimit(bytes);
    }

    /**
     * Sets who is told that the soft limit was reached, on a thread of the store's own, which must
     * not be held up for long.
     */
    public void onSoftLimit(Runnable listener) {
        headroom.onSoftLimit(listener);
    }

    /** Sets {@link StoreStats#memUsedMax} to what is used now. */
    public void resetMemUsedMax() {
        arena.resetPeak();
    }

    /**
     * Moves slots together until no chunk can be saved, and returns when their memory is given
     * back. Requests go on meanwhile.
     *
     * @return bytes of arena memory saved
     */
    public long compact() {
        return compactor.compact();
    }

    /**
     * Packs pages more tightly, largest first, and returns when that is done. Requests go on
     * meanwhile. The memory saved comes back as chunks run empty, or at once with {@link #compact}.
     */
    public Recompression recompress(RecompressionRequest request) {
        return recompressor.recompress(request);
    }

    /**
     * Has pages of the same content share memory, beyond same-filled ones, and returns when that is
     * done. Requests go on meanwhile. A page that is written then has a slot of its own again; this
     * never happens by itself. The memory saved comes back as with {@link #recompress}.
     */
    public Deduplication deduplicate() {
        return recompressor.deduplicate(io);
    }

    /** What the background recompresses by itself. */
    public RecompressionSettings recompression() {
        return recompressor.settings();
    }

    /** Changes what the background recompresses by itself. */
    public void recompression(RecompressionSettings settings) {
        file.recompression(settings);
        recompressor.settings(settings);
    }

    /** What recompression has gained since the store was opened. */
    public Recompression recompressed() {
        return recompressor.total();
    }

    /**
     * Marks pages idle, until they are read or written: as in kernel zram, not those that take no
     * memory anyway.
     *
     * @param ageSeconds only pages that were not used for as long, 0 for all
     * @return how many were marked
     * @throws IllegalArgumentException if the age is more than {@link #MAX_IDLE_SECONDS}
     */
    public long markIdle(int ageSeconds) {
        if (ageSeconds < 0 || ageSeconds > MAX_IDLE_SECONDS) {
            throw new IllegalArgumentException(
                    "the age must be 0 to "
                            + MAX_IDLE_SECONDS
                            + " seconds: ageSeconds="
                            + ageSeconds);
        }
        access.tick();
        long marked = 0;
        for (long page = 0; page < table.pages(); page++) {
            if (io.takesMemory(page) && access.ageSeconds(page) >= ageSeconds) {
                access.markIdle(page);
                marked++;
            }
        }
        return marked;
    }

    /**
     * What is kept of each stored page in a range.
     *
     * @param first page of the range
     * @param count of pages; what lies beyond the device is not there
     */
    public List<BlockState> blockStates(long first, int count) {
        if (first < 0 || count < 0) {
            throw new IllegalArgumentException(
                    "negative range of pages: first=" + first + " count=" + count);
        }
        access.tick();
        return BlockState.list(table, access, first, count);
    }

    @Override
    public void close() {
        headroom.close();
        recompressor.close();
        compactor.close();
        epochs.close();
        backed.close();
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the memory of " + options.name(), e);
        }
    }
}
