package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
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

    /** Attempts to store one request's pages while memory has to be made for them. */
    private static final int MAX_ATTEMPTS = 1000;

    private final Options options;
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
    private final Writeback writeback;
    private volatile @Nullable Backing backing;
    private volatile long sizeBytes;
    private volatile boolean timesRequests = true;
    private final Recompressor recompressor;
    private volatile WriteMethod method;

    /**
     * How a store is opened.
     *
     * @param name of the device, such as {@code zram0}: shown in {@code /proc/PID/maps} and thread
     *     names
     * @param sizeBytes of the device, at least 1
     * @param algorithm of a new store: what pages are compressed with, or {@link
     *     Algorithm#ADAPTIVE} for what the policy expects most from, page by page; a store found in
     *     a file keeps its own
     * @param policy of a new store: what to be good at; a store found in a file keeps its own
     * @param backend SIMD backend of the codecs
     * @param memLimitBytes most arena memory to hold, 0 for no limit
     * @param headroomBytes arena memory that is mapped ahead of its use, as far as the limit allows
     *     and the device can need it; kept from being swapped out, with all other memory of the
     *     store, where {@code RLIMIT_MEMLOCK} allows that. 0 for neither
     * @param trainer makes dictionaries for recompression; without one there are only those that
     *     the store's file holds
     * @param file where to keep the pages, on a memory file system that can punch holes (tmpfs); if
     *     empty, in memory that ends with the process
     */
    public record Options(
            String name,
            long sizeBytes,
            Algorithm algorithm,
            SelectionPolicy policy,
            SimdBackend backend,
            long memLimitBytes,
            long headroomBytes,
            Optional<DictionaryTrainer> trainer,
            Optional<Path> file) {
        /** Headroom unless another is asked for. */
        public static final long DEFAULT_HEADROOM_BYTES = 64 << 20;

        /** The same, kept in a file that outlives the process. */
        public Options withFile(Path path) {
            return new Options(
                    name,
                    sizeBytes,
                    algorithm,
                    policy,
                    backend,
                    memLimitBytes,
                    headroomBytes,
                    trainer,
                    Optional.of(path));
        }

        /** The same with somebody to make dictionaries. */
        public Options withTrainer(DictionaryTrainer wanted) {
            return new Options(
                    name,
                    sizeBytes,
                    algorithm,
                    policy,
                    backend,
                    memLimitBytes,
                    headroomBytes,
                    Optional.of(wanted),
                    file);
        }

        /** The same under a policy that chooses the codec of every page. */
        public Options withPolicy(SelectionPolicy wanted) {
            return new Options(
                    name,
                    sizeBytes,
                    Algorithm.ADAPTIVE,
                    wanted,
                    backend,
                    memLimitBytes,
                    headroomBytes,
                    trainer,
                    file);
        }

        /** The same with another headroom. */
        public Options withHeadroom(long bytes) {
            return new Options(
                    name,
                    sizeBytes,
                    algorithm,
                    policy,
                    backend,
                    memLimitBytes,
                    bytes,
                    trainer,
                    file);
        }

        /** Checks the ranges. */
        public Options {
            if (sizeBytes < 1) {
                throw new IllegalArgumentException(
                        "a device needs at least one byte: sizeBytes=" + sizeBytes);
            }
            if (memLimitBytes < 0) {
                throw new IllegalArgumentException(
                        "negative memory limit: memLimitBytes=" + memLimitBytes);
            }
            requireHeadroom(headroomBytes);
            new WriteMethod(algorithm, policy).requireCodec(backend);
        }

        /** One algorithm for every page, in memory that ends with the process. */
        public Options(
                String name,
                long sizeBytes,
                Algorithm algorithm,
                SimdBackend backend,
                long memLimitBytes) {
            this(
                    name,
                    sizeBytes,
                    algorithm,
                    SelectionPolicy.SPEED,
                    backend,
                    memLimitBytes,
                    DEFAULT_HEADROOM_BYTES,
                    Optional.empty(),
                    Optional.empty());
        }

        /** LZ4 on the widest backend, without a limit, in memory that ends with the process. */
        public static Options of(String name, long sizeBytes) {
            return new Options(name, sizeBytes, Algorithm.LZ4, SimdBackend.detect(), 0);
        }
    }

    /**
     * Opens a store: a new, empty one, or the one that {@link Options#file} holds already. It takes
     * address space for the whole device at once and memory only for what is written.
     *
     * @throws StoreFormatException if the file is damaged, truncated, of another version or of a
     *     device of another size; it is left as it is
     * @throws IOException if the file cannot be opened or made, or another process has it open
     * @throws io.trueno.zram.engine.memory.MemoryFailure if the kernel refuses the memory
     */
    public static PageStore open(Options options) throws IOException {
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

    private PageStore(Options options, StoreFile file) throws IOException {
        this.options = options;
        this.file = file;
        method = file.method();
        sizeBytes = file.deviceBytes();
        int shared = sharedLanes();
        epochs = new Epochs(shared, 2);
        table = new PageTable(file.table(), options.sizeBytes());
        access = new AccessTimes(file.access(), table.pages());
        arena = new SlotArena(file, epochs);
        arena.limit(options.memLimitBytes());
        dictionaries = new Dictionaries(file, options.backend());
        io = new PageIo(options.name(), table, access, dictionaries, arena);
        lanes = new Lane[epochs.lanes()];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane(i, arena, options.backend(), i >= shared);
        }
        writeback = new Writeback(table, access, epochs, io, lanes[shared + 1]);
        writeback.settings(file.writebackSettings());
        Optional<BackingIdentity> identity = file.backing(options.name());
        if (identity.isPresent()) {
            BackingIdentity found = identity.get();
            useBacking(found, BackingLabel.find(found.path(), found.number()));
        }
        io.adopt(lanes[0]);
        compactor = new Compactor(options.name(), table, arena, epochs, io, lanes[shared]);
        headroom = new Headroom(options.name(), file, arena);
        if (options.headroomBytes() > 0 && !file.lock()) {
            NotLocked.sayOnce();
        }
        headroom(options.headroomBytes());
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
                        method.policy());
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

    private static void requireHeadroom(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative headroom: headroomBytes=" + bytes);
        }
    }

    /**
     * Changes how much arena memory is mapped ahead of its use.
     *
     * @param bytes 0 for next to nothing
     */
    public void headroom(long bytes) {
        requireHeadroom(bytes);
        long needed = sizeBytes + (long) lanes.length * SlotArena.CHUNK;
        arena.headroom(Math.min(bytes, needed));
    }

    /** What the store was opened with. */
    public Options options() {
        return options;
    }

    /** The algorithm that new pages are compressed with. */
    public Algorithm algorithm() {
        return method.algorithm();
    }

    /** What the store is to be good at. */
    public SelectionPolicy policy() {
        return method.policy();
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
        WriteMethod wanted =
                new WriteMethod(
                        algorithm == null ? method.algorithm() : algorithm,
                        policy == null ? method.policy() : policy);
        wanted.requireCodec(options.backend());
        file.method(wanted);
        method = wanted;
        recompressor.policy(wanted.policy());
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        checkRange(offset, length);
        Objects.checkFromIndexSize(targetOffset, length, target.byteSize());
        Lane lane = lanes[epochs.enterAny()];
        boolean isShort = length <= Pages.SIZE;
        boolean isTimed = timesRequests && (!isShort || lane.reads.isNextSampled());
        long start = isTimed ? System.nanoTime() : 0;
        try {
            long at = offset;
            long to = targetOffset;
            int left = length;
            while (left > 0) {
                long page = at >>> Pages.SHIFT;
                int inPage = (int) at & (Pages.SIZE - 1);
                int bytes = Math.min(left, Pages.SIZE - inPage);
                checkRange(at, bytes); // the device may have shrunk
                if (bytes == Pages.SIZE) {
                    io.read(lane, page, target, to);
                } else {
                    io.read(lane, page, lane.page, 0);
                    MemorySegment.copy(lane.page, inPage, target, to, bytes);
                }
                lane.counters.add(Counters.PAGES_READ, 1);
                at += bytes;
                to += bytes;
                left -= bytes;
                epochs.renew(lane.number);
            }
            if (isTimed && isShort) {
                lane.reads.addSample(start);
            } else if (isTimed) {
                lane.reads.add(start);
            }
        } catch (BlockIoException.StoreFailure e) {
            lane.counters.add(Counters.FAILED_READS, 1);
            throw e;
        } finally {
            epochs.exit(lane.number);
        }
    }

    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        checkRange(offset, length);
        Objects.checkFromIndexSize(sourceOffset, length, source.byteSize());
        long start = timesRequests ? System.nanoTime() : 0;
        int done = 0;
        for (int attempt = 0; done < length; attempt++) {
            done +=
                    writeUntilFull(
                            offset + done, source, sourceOffset + done, length - done, start);
            if (done < length) {
                makeRoom(attempt);
            }
        }
    }

    /** Writes until the end or until there is no memory; gives the bytes written. */
    private int writeUntilFull(
            long offset, MemorySegment source, long sourceOffset, int length, long startNanos) {
        Lane lane = lanes[epochs.enterAny()];
        int done = 0;
        try {
            while (done < length) {
                long at = offset + done;
                long page = at >>> Pages.SHIFT;
                int inPage = (int) at & (Pages.SIZE - 1);
                int bytes = Math.min(length - done, Pages.SIZE - inPage);
                checkRange(at, bytes); // the device may have shrunk
                if (bytes == Pages.SIZE) {
                    io.write(lane, method, page, source, sourceOffset + done);
                } else {
                    io.writePart(lane, method, page, inPage, source, sourceOffset + done, bytes);
                }
                lane.counters.add(Counters.PAGES_WRITTEN, 1);
                done += bytes;
                epochs.renew(lane.number);
            }
            if (timesRequests) {
                lane.writes.add(startNanos);
            }
            return done;
        } catch (BlockIoException.OutOfSpace e) {
            return done;
        } catch (BlockIoException e) {
            lane.counters.add(Counters.FAILED_WRITES, 1);
            throw e;
        } finally {
            epochs.exit(lane.number);
        }
    }

    /**
     * Called between two attempts to store a page, without a lane. Memory may be there and only not
     * free yet: readers may hold it back, and it may lie scattered in thin chunks.
     *
     * @throws BlockIoException.OutOfSpace if there is none, or others were quicker too often
     */
    private void makeRoom(int attempt) {
        if (attempt < MAX_ATTEMPTS && compactor.makeRoom()) {
            return;
        }
        Lane lane = lanes[epochs.enterAny()];
        lane.counters.add(Counters.FAILED_WRITES, 1);
        epochs.exit(lane.number);
        throw io.outOfSpace();
    }

    @Override
    public void discard(long offset, long length) {
        clear(offset, length, true);
        arena.reclaim();
    }

    @Override
    public void writeZeroes(long offset, long length) {
        clear(offset, length, false);
    }

    /** Zeroes a range: whole pages become holes, or same-filled pages of zeros. */
    private void clear(long offset, long length, boolean holes) {
        checkRange(offset, length);
        long done = 0;
        for (int attempt = 0; done < length; attempt++) {
            done += clearUntilFull(offset + done, length - done, holes);
            if (done < length) {
                makeRoom(attempt);
            }
        }
    }

    /**
     * Clears until the end or until there is no memory for a part page; gives the bytes cleared.
     */
    private long clearUntilFull(long offset, long length, boolean holes) {
        Lane lane = lanes[epochs.enterAny()];
        long at = offset;
        try {
            long end = offset + length;
            while (at < end) {
                long page = at >>> Pages.SHIFT;
                int inPage = (int) at & (Pages.SIZE - 1);
                int bytes = (int) Math.min(end - at, Pages.SIZE - inPage);
                checkRange(at, bytes); // the device may have shrunk
                boolean toDeviceEnd = inPage == 0 && at + bytes == sizeBytes;
                if (bytes < Pages.SIZE && !toDeviceEnd) {
                    io.zeroPart(lane, method, page, inPage, bytes);
                } else if (holes) {
                    if (io.discard(lane, page)) {
                        lane.counters.add(Counters.NOTIFY_FREE, 1);
                    }
                } else {
                    io.writeZeroes(lane, page);
                }
                at += bytes;
                epochs.renew(lane.number);
            }
            return at - offset;
        } catch (BlockIoException.OutOfSpace e) {
            return at - offset;
        } catch (BlockIoException e) {
            lane.counters.add(Counters.FAILED_WRITES, 1);
            throw e;
        } finally {
            epochs.exit(lane.number);
        }
    }

    @Override
    public void flush() {
        // Memory is all there is: what has been published is as safe as it gets.
    }

    @Override
    public long extent(long offset, long length) {
        if (length < 1) {
            throw new IllegalArgumentException("an extent has a length: length=" + length);
        }
        checkRange(offset, length);
        int lane = epochs.enterAny();
        try {
            long page = offset >>> Pages.SHIFT;
            long end = Pages.count(offset + length);
            boolean hole = io.isHole(page);
            do {
                page++;
            } while (page < end && io.isHole(page) == hole);
            long run = Math.min(page << Pages.SHIFT, offset + length) - offset;
            return hole ? -run : run;
        } finally {
            epochs.exit(lane);
        }
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
    public synchronized void backing(Path path, boolean encrypted) throws IOException {
        if (backing != null) {
            throw new IllegalStateException(
                    "the device has a backing device already: " + backingStats().path());
        }
        BackingIdentity identity = BackingIdentity.create(path.toAbsolutePath(), encrypted);
        backing(identity, BackingLabel.claim(identity.path(), identity.number()));
    }

    /** Uses an open device, which is the store's from now on. */
    void backing(BackingIdentity identity, BackingDevice device) throws IOException {
        try {
            long size = device.sizeBytes();
            long most = table.pages() * Backing.MOST_BYTES_PER_PAGE + Backing.BLOCK;
            useBacking(identity.withCapacity(size > Backing.BLOCK ? size : most), device);
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private void useBacking(BackingIdentity identity, BackingDevice device) {
        Backing opened =
                new Backing(
                        device,
                        identity.path().toString(),
                        identity.encrypted()
                                ? new BackingCipher(identity.key(), file.generation())
                                : null,
                        identity.capacityBytes(),
                        epochs);
        file.backing(identity);
        io.backing(opened);
        backing = opened;
    }

    /**
     * Writes pages back and lets go of their memory. Returns when that is done or cannot go on;
     * requests go on meanwhile. Pages that could not be written stay in memory.
     *
     * @throws IllegalStateException if there is no backing device
     * @throws IllegalArgumentException if a range lies outside the device
     */
    public WritebackResult writeback(WritebackRequest request) {
        Backing to = backing;
        if (to == null) {
            throw new IllegalStateException("the device has no backing device: name one first");
        }
        for (WritebackRequest.Range range : request.ranges()) {
            if (range.last() >= table.pages()) {
                throw new IllegalArgumentException(
                        "outside the device of " + table.pages() + " pages: " + range.last());
            }
        }
        WritebackResult result = writeback.run(request, to);
        file.writebackSettings(writeback.settings());
        return result;
    }

    /** How pages are written back, and what is left of the limit. */
    public WritebackSettings writebackSettings() {
        return writeback.settings();
    }

    /** Changes how pages are written back. */
    public void writebackSettings(WritebackSettings wanted) {
        writeback.settings(wanted);
        file.writebackSettings(wanted);
    }

    /** The backing device in numbers. */
    public BackingStats backingStats() {
        Backing of = backing;
        if (of == null) {
            return new BackingStats("", false, 0, 0, 0, 0);
        }
        CounterSums sums = new CounterSums(lanes);
        return new BackingStats(
                of.name(),
                of.isEncrypted(),
                of.usedBlocks(),
                sums.get(Counters.BD_READS),
                sums.get(Counters.BD_WRITES),
                sums.backedPages());
    }

    /**
     * Grows or shrinks the device while requests go on. What comes in reads as zeros. A request
     * beyond the new end that comes at the moment of shrinking may be refused even if that fails.
     *
     * @param bytes a multiple of {@link Pages#SIZE}
     * @throws IllegalArgumentException if the size is not one that the device can have
     * @throws IllegalStateException if pages are stored beyond the new end; nothing is changed
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
        long old = sizeBytes;
        long pages = bytes >>> Pages.SHIFT;
        if (bytes < old) {
            requireHoles(pages);
            sizeBytes = bytes; // from now on requests stay before the new end
            epochs.awaitQuiescent();
            try {
                requireHoles(pages);
            } catch (IllegalStateException writtenAtTheLastMoment) {
                sizeBytes = old;
                throw writtenAtTheLastMoment;
            }
            file.deviceBytes(bytes);
        }
        table.pages(pages);
        access.pages(pages);
        if (bytes > old) {
            file.deviceBytes(bytes);
            sizeBytes = bytes;
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
        if (backing != null) {
            backing.disown();
        }
        arena.erase();
        file.eraseIndex();
    }

    /** Whether requests are timed, as they are unless told otherwise. */
    public void timeRequests(boolean wanted) {
        timesRequests = wanted;
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
        return latency(lane -> lane.reads);
    }

    /** How long writes took since the store was opened. */
    public LatencyStats writeLatency() {
        return latency(lane -> lane.writes);
    }

    private LatencyStats latency(Function<Lane, RequestTimes> times) {
        Histogram sum = RequestTimes.empty();
        for (Lane lane : lanes) {
            epochs.enter(lane.number); // for a moment; requests take other lanes
            try {
                times.apply(lane).addTo(sum);
            } finally {
                epochs.exit(lane.number);
            }
        }
        return LatencyStats.of(sum);
    }

    /** The counters as they are now. */
    public StoreStats stats() {
        CounterSums sums = new CounterSums(lanes);
        return new StoreStats(
                sums.storedBytes(),
                sums.compressedBytes(),
                arena.usedBytes(),
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
                table.bytes() + access.bytes() + arena.indexBytes(),
                arena.headroomBytes(),
                arena.softLimitBytes(),
                arena.softLimitEvents(),
                dictionaries.usedBytes());
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

    @Override
    public void close() {
        headroom.close();
        recompressor.close();
        compactor.close();
        epochs.close();
        if (backing != null) {
            backing.close();
        }
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the memory of " + options.name(), e);
        }
    }

    private void checkRange(long offset, long length) {
        if ((offset | length) < 0 || length > sizeBytes - offset) {
            throw new BlockIoException.BadRequest(
                    "outside the device: offset="
                            + offset
                            + " length="
                            + length
                            + " size="
                            + sizeBytes);
        }
    }
}
