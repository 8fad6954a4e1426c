package io.trueno.zram.engine.store;

import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.SelectionPolicy;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

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
    private final RepackTools tools;
    private final DictionaryKeeper keeper;
    private final CpuBudget budget = new CpuBudget();
    private final Thread thread;
    private volatile RecompressionSettings settings = RecompressionSettings.DEFAULT;
    private volatile SelectionPolicy policy;
    private volatile boolean closed;
    private int runs;
    private volatile Recompression total = Recompression.NONE;

    Recompressor(
            String device,
            PageTable table,
            AccessTimes access,
            RepackTools tools,
            SelectionPolicy policy) {
        this.table = table;
        this.access = access;
        this.tools = tools;
        keeper = tools.keeper();
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
            if (effort != null && now - lastPass > betweenPasses() && isIdle()) {
                takeOutWhatIsReadOften();
                pass(effort, settings.ageSeconds());
                lastPass = System.nanoTime();
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    private long betweenPasses() {
        return Math.min(settings.ageSeconds() / 4, MOST_SECONDS_BETWEEN_PASSES) * TICK_NANOS;
    }

    /** A page of a cluster that is read often is cheaper to read alone. */
    private void takeOutWhatIsReadOften() {
        for (long page = 0; page < table.pages() && !closed; page++) {
            if (PageEntry.kind(table.get(page)) == PageEntry.CLUSTER && access.isReadOften(page)) {
                long start = System.nanoTime();
                takeOut(page);
                budget.spent(System.nanoTime() - start, settings.cpuShare());
            }
        }
    }

    private synchronized void takeOut(long page) {
        Lane lane = tools.lane();
        tools.epochs().enter(lane.number);
        try {
            if (tools.hasRoomToMove(1)) {
                tools.clusters().takeOut(lane, page);
            }
        } catch (BlockIoException.StoreFailure | BlockIoException.OutOfSpace e) {
            // it stays where it is; if it is damaged, whoever reads it will be told
        } finally {
            tools.epochs().exit(lane.number);
        }
    }

    /** Takes all pages that have been left alone for long enough, within the budget. */
    private void pass(RecompressionEffort effort, int ageSeconds) {
        RecompressionRequest request =
                new RecompressionRequest(false, false, 0, 0, effort, Optional.empty());
        run(new RepackSelection(table, access, request, ageSeconds), 1, true);
    }

    /** Does what is asked, on the caller's thread, as fast as it goes. */
    Recompression recompress(RecompressionRequest request) {
        return run(new RepackSelection(table, access, request, 0), MOST_TRAINED, false);
    }

    /** Has pages of the same content share slots, on the caller's thread. */
    Deduplication deduplicate(PageIo io) {
        return new Deduplicator(table, io, tools, () -> closed).run();
    }

    private Recompression run(RepackSelection selection, int mostTrained, boolean throttled) {
        begin();
        try {
            long[] sizes = selection.sizes();
            long pages = Arrays.stream(sizes).sum();
            if (selection.takesDictionaries()
                    && pages >= PAGES_FOR_A_DICTIONARY
                    && train(pages, selection.level(), mostTrained, throttled)) {
                sizes = selection.sizes();
            }
            return repack(selection, sizes, throttled);
        } finally {
            end();
        }
    }

    private synchronized void begin() {
        runs++;
        keeper.forget(); // pages have changed since the last run
        tools.clusters().forget(table.pages());
    }

    /** Every dictionary had its chance to be used when no run is left. */
    private synchronized void end() {
        runs--;
        if (runs == 0 && !closed) {
            keeper.dropUnused();
        }
    }

    private synchronized boolean isIdle() {
        return runs == 0;
    }

    /** Trains dictionaries for as long as they pay; whether there is more to gain then. */
    private boolean train(long pages, int level, int most, boolean throttled) {
        int refusals = 0;
        boolean improved = false;
        for (int i = 0; i < most && refusals < MOST_REFUSALS && !closed; i++) {
            long start = System.nanoTime();
            synchronized (this) {
                var verdict = keeper.improve(pages, level);
                boolean accepted = verdict != null && verdict.accepted();
                refusals = accepted ? 0 : refusals + 1;
                improved |= accepted;
                if (accepted) {
                    tools.clusters().forget(table.pages());
                }
            }
            if (throttled) {
                budget.spent(System.nanoTime() - start, settings.cpuShare());
            }
        }
        if (improved) {
            unsettle();
        }
        return improved;
    }

    /** What was settled with an effort that uses dictionaries is looked at again. */
    private void unsettle() {
        for (long page = 0; page < table.pages(); page++) {
            if (access.settled(page) > 1) {
                access.unsettle(page);
            }
        }
    }

    private Recompression repack(RepackSelection selection, long[] sizes, boolean throttled) {
        RepackRun run = new RepackRun(tools, selection);
        for (int sizeClass = sizes.length - 1; sizeClass >= 0; sizeClass--) {
            for (long from = 0;
                    from < table.pages() && sizes[sizeClass] > 0 && run.goesOn() && !closed;
                    from += RepackSelection.WINDOW) {
                long start = System.nanoTime();
                boolean worked;
                synchronized (this) {
                    worked = run.step(sizeClass, from);
                }
                if (worked && throttled) {
                    budget.spent(System.nanoTime() - start, settings.cpuShare());
                }
            }
        }
        synchronized (this) {
            total = total.plus(run.result());
        }
        return run.result();
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
