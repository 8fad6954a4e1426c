package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Packs pages that were not used for a while more tightly than the write path has time to: on
 * request, and by itself as the policy says, within a share of one CPU. Keeps the clock of {@link
 * AccessTimes} too.
 *
 * <p>Largest savings first, without a list of pages: pages are taken by class of packed size, the
 * largest class first, with one walk over the table per class that has any.
 *
 * <p>One daemon thread; requests run on their caller's thread. Each page, and each step of a
 * dictionary's life, is done under this object's monitor, which no read or write takes; publishing
 * is by compare-and-set, so that any write wins.
 */
final class Recompressor implements AutoCloseable {
    /** Pages between two chances to stop or sleep. */
    private static final int STEP = 8;

    private static final int CLASS_SHIFT = 9;
    private static final int CLASSES = (Pages.SIZE >> CLASS_SHIFT) + 1;

    /** Most dictionaries that one request trains. */
    private static final int MOST_TRAINED = 24;

    /** Trainings in a row that gave nothing, before a request goes on without more. */
    private static final int MOST_REFUSALS = 3;

    /** Fewer pages do not make up for a dictionary. */
    private static final long PAGES_FOR_A_DICTIONARY = 1024;

    private static final long TICK_NANOS = 1_000_000_000L;
    private static final long CLAMP_NANOS = 3_600 * TICK_NANOS;

    /** Longest time between the end of a pass that the policy asks for and the next. */
    private static final long MOST_SECONDS_BETWEEN_PASSES = 10;

    private final PageTable table;
    private final AccessTimes access;
    private final SlotArena arena;
    private final Epochs epochs;
    private final Lane lane;
    private final PageRepacker repacker;
    private final DictionaryKeeper keeper;
    private final CpuBudget budget = new CpuBudget();
    private final Thread thread;
    private volatile RecompressionSettings settings = RecompressionSettings.DEFAULT;
    private volatile SelectionPolicy policy;
    private volatile boolean closed;
    private volatile Recompression total = Recompression.NONE;

    /** Which pages a run takes. */
    private record Choice(RecompressionRequest request, int ageSeconds, int sizeClass) {}

    /**
     * @param lane reserved for work in the background, shared with the compactor: whoever enters it
     *     has it alone
     */
    Recompressor(
            String device,
            PageTable table,
            AccessTimes access,
            SlotArena arena,
            Epochs epochs,
            Lane lane,
            PageRepacker repacker,
            DictionaryKeeper keeper,
            SelectionPolicy policy) {
        this.table = table;
        this.access = access;
        this.arena = arena;
        this.epochs = epochs;
        this.lane = lane;
        this.repacker = repacker;
        this.keeper = keeper;
        this.policy = policy;
        thread = Thread.ofPlatform().daemon().name(device + "-repack").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    RecompressionSettings settings() {
        return settings;
    }

    void settings(RecompressionSettings wanted) {
        settings = wanted;
    }

    /** Takes over another policy. */
    void policy(SelectionPolicy wanted) {
        policy = wanted;
    }

    /** What was gained since the store was opened. */
    Recompression total() {
        return total;
    }

    private void run() {
        long lastClamp = System.nanoTime();
        long lastPass = lastClamp;
        while (!closed) {
            access.tick();
            long now = System.nanoTime();
            if (now - lastClamp > CLAMP_NANOS) {
                access.clamp();
                lastClamp = now;
            }
            RecompressionEffort effort = settings.effortUnder(policy);
            if (effort != null && now - lastPass > betweenPasses()) {
                pass(effort, settings.ageSeconds());
                lastPass = System.nanoTime();
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    private long betweenPasses() {
        return Math.min(settings.ageSeconds() / 4, MOST_SECONDS_BETWEEN_PASSES) * TICK_NANOS;
    }

    /** Takes all pages that have been left alone for long enough, within the budget. */
    private void pass(RecompressionEffort effort, int ageSeconds) {
        RecompressionRequest request =
                new RecompressionRequest(false, false, 0, 0, effort, Optional.empty());
        long[] sizes = sizes(new Choice(request, ageSeconds, -1));
        long pages = sum(sizes);
        if (effort != RecompressionEffort.ZSTD && pages >= PAGES_FOR_A_DICTIONARY) {
            train(pages, 1, true);
        }
        recompress(request, ageSeconds, sizes, true);
        synchronized (this) {
            keeper.dropUnused();
        }
    }

    /** Does what is asked, on the caller's thread, as fast as it goes. */
    Recompression recompress(RecompressionRequest request) {
        long[] sizes = sizes(new Choice(request, 0, -1));
        boolean dictionaries =
                request.algorithm().isEmpty() && request.effort() != RecompressionEffort.ZSTD;
        long pages = sum(sizes);
        if (dictionaries && pages >= PAGES_FOR_A_DICTIONARY) {
            synchronized (this) {
                keeper.forget();
            }
            train(pages, MOST_TRAINED, false);
        }
        Recompression done = recompress(request, 0, sizes, false);
        if (dictionaries) {
            synchronized (this) {
                keeper.dropUnused();
            }
        }
        return done;
    }

    /** Trains dictionaries for as long as they pay; pages then have more to gain. */
    private void train(long pages, int most, boolean throttled) {
        int refusals = 0;
        boolean improved = false;
        for (int i = 0; i < most && refusals < MOST_REFUSALS && !closed; i++) {
            long start = System.nanoTime();
            synchronized (this) {
                var verdict = keeper.improve(pages);
                boolean accepted = verdict != null && verdict.accepted();
                refusals = accepted ? 0 : refusals + 1;
                improved |= accepted;
            }
            if (throttled) {
                budget.spent(System.nanoTime() - start, settings.cpuShare());
            }
        }
        if (improved) {
            unsettle();
        }
    }

    /** What was settled with an effort that uses dictionaries is looked at again. */
    private void unsettle() {
        for (long page = 0; page < table.pages(); page++) {
            if (access.settled(page) > 1) {
                access.unsettle(page);
            }
        }
    }

    /** How many pages of each size class there are to do. */
    private long[] sizes(Choice choice) {
        long[] sizes = new long[CLASSES];
        for (long page = 0; page < table.pages(); page++) {
            long entry = table.get(page);
            if (isChosen(choice, page, entry)) {
                sizes[PageEntry.packedLength(entry) >> CLASS_SHIFT]++;
            }
        }
        return sizes;
    }

    private static long sum(long[] sizes) {
        long sum = 0;
        for (long size : sizes) {
            sum += size;
        }
        return sum;
    }

    private boolean isChosen(Choice choice, long page, long entry) {
        RecompressionRequest request = choice.request();
        int kind = PageEntry.kind(entry);
        int length = PageEntry.packedLength(entry);
        return isRepackable(kind, request)
                && (choice.sizeClass() < 0 || length >> CLASS_SHIFT == choice.sizeClass())
                && length >= request.thresholdBytes()
                && (!request.huge() || kind == PageEntry.RAW)
                && (!request.idle() || access.isIdle(page))
                && (request.algorithm().isPresent()
                        || access.settled(page) < request.effort().priority())
                && access.ageSeconds(page) >= choice.ageSeconds();
    }

    /** What a page may be now to gain from a request. */
    private static boolean isRepackable(int kind, RecompressionRequest request) {
        return switch (kind) {
            case PageEntry.RAW, PageEntry.LZ4 -> true;
            case PageEntry.ZSTD ->
                    request.algorithm().isEmpty() && request.effort() != RecompressionEffort.ZSTD;
            case PageEntry.ZSTD_DICTIONARY ->
                    request.algorithm().isEmpty() && request.effort() == RecompressionEffort.MOST;
            default -> false;
        };
    }

    private Recompression recompress(
            RecompressionRequest request, int ageSeconds, long[] sizes, boolean throttled) {
        Run run = new Run(request);
        BooleanSupplier goesOn = () -> !closed && !run.full && run.left > 0;
        for (int sizeClass = CLASSES - 1; sizeClass >= 0 && goesOn.getAsBoolean(); sizeClass--) {
            if (sizes[sizeClass] > 0) {
                Choice choice = new Choice(request, ageSeconds, sizeClass);
                for (long page = 0; page < table.pages() && goesOn.getAsBoolean(); page += STEP) {
                    long start = System.nanoTime();
                    if (run.step(choice, page) && throttled) {
                        budget.spent(System.nanoTime() - start, settings.cpuShare());
                    }
                }
            }
        }
        synchronized (this) {
            total = total.plus(run.result());
        }
        return run.result();
    }

    /** The state of one recompression. */
    private final class Run {
        private final RecompressionRequest request;
        private final @Nullable WriteMethod with;
        private final int below;
        private long left;
        private boolean full;
        private long tried;
        private long gained;
        private long saved;

        Run(RecompressionRequest request) {
            this.request = request;
            Algorithm algorithm = request.algorithm().orElse(null);
            with = algorithm == null ? null : new WriteMethod(algorithm, SelectionPolicy.RATIO);
            below = request.thresholdBytes() == 0 ? Pages.SIZE : request.thresholdBytes();
            left = request.maxPages() == 0 ? Long.MAX_VALUE : request.maxPages();
        }

        Recompression result() {
            return new Recompression(tried, gained, saved);
        }

        /** Does what is chosen of a few pages; whether there was anything to do. */
        boolean step(Choice choice, long from) {
            boolean worked = false;
            long end = Math.min(from + STEP, table.pages());
            for (long page = from; page < end && left > 0 && !full; page++) {
                if (isChosen(choice, page, table.get(page))) {
                    worked = true;
                    one(choice, page);
                }
            }
            return worked;
        }

        private void one(Choice choice, long page) {
            synchronized (Recompressor.this) {
                boolean dictionaries = with == null && request.effort() != RecompressionEffort.ZSTD;
                StoreDictionary dictionary = dictionaries ? keeper.choose(page) : null;
                epochs.enter(lane.number);
                try {
                    long entry = table.get(page);
                    if (!isChosen(choice, page, entry)) {
                        return; // written in the meantime
                    }
                    if (!hasRoomToMove()) {
                        full = true;
                        return;
                    }
                    tried++;
                    left--;
                    int gain =
                            repacker.repack(
                                    lane,
                                    page,
                                    entry,
                                    with,
                                    with == null && request.effort() == RecompressionEffort.MOST,
                                    dictionary,
                                    below);
                    gained += gain > 0 ? 1 : 0;
                    saved += gain;
                    access.clearIdle(page);
                    if (with == null) {
                        access.settle(page, request.effort().priority());
                    }
                } catch (BlockIoException.StoreFailure e) {
                    access.settle(
                            page,
                            RecompressionEffort.MOST
                                    .priority()); // damaged; whoever reads it will be told
                } catch (BlockIoException.OutOfSpace e) {
                    full = true;
                } finally {
                    epochs.exit(lane.number);
                }
            }
        }
    }

    /** Whether a page can be moved without the chunk that is kept for the compactor. */
    private boolean hasRoomToMove() {
        return lane.openBytes() >= SlotLayout.slotBytes(Pages.SIZE) || arena.hasRoom();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // the thread ends by itself within moments
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
