package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import org.jspecify.annotations.Nullable;

/**
 * One recompression: does windows of pages, one at a time, and adds up what it gained. For one
 * thread at a time, which holds no lane.
 */
final class RepackRun {
    private final RepackTools tools;
    private final RepackSelection selection;
    private final @Nullable WriteMethod with;
    private final boolean dense;
    private final int below;
    private final long[] pages = new long[RepackSelection.WINDOW];
    private final long[] entries = new long[RepackSelection.WINDOW];
    private long left;
    private boolean full;
    private long tried;
    private long gained;
    private long saved;

    RepackRun(RepackTools tools, RepackSelection selection) {
        this.tools = tools;
        this.selection = selection;
        RecompressionRequest request = selection.request();
        Algorithm algorithm = request.algorithm().orElse(null);
        with = algorithm == null ? null : new WriteMethod(algorithm, SelectionPolicy.RATIO);
        dense = with == null && request.effort() == RecompressionEffort.MOST;
        below = request.thresholdBytes() == 0 ? Pages.SIZE : request.thresholdBytes();
        left = request.maxPages() == 0 ? Long.MAX_VALUE : request.maxPages();
    }

    Recompression result() {
        return new Recompression(tried, gained, saved);
    }

    /** Whether there may be more to do: the limit is not reached, and there is memory. */
    boolean goesOn() {
        return left > 0 && !full;
    }

    /** Does what a window has of a size class; whether there was anything. */
    boolean step(int sizeClass, long from) {
        boolean together = selection.takesClusters();
        if (together && selection.windowClass(from) != sizeClass) {
            return false;
        }
        StoreDictionary dictionary =
                selection.takesDictionaries() ? tools.keeper().choose(from) : null;
        Lane lane = tools.lane();
        tools.epochs().enter(lane.number);
        try {
            int count = gather(sizeClass, from);
            boolean packed = together && count > 1 && cluster(lane, count, dictionary);
            for (int i = 0; i < count && !packed && goesOn(); i++) {
                alone(lane, pages[i], entries[i], dictionary);
            }
            return count > 0;
        } finally {
            tools.epochs().exit(lane.number);
        }
    }

    /** Loads the entries of the window's pages to do; gives their number. */
    private int gather(int sizeClass, long from) {
        int count = 0;
        for (long page = from; page < selection.end(from) && count < left; page++) {
            long entry = selection.table().get(page);
            boolean inClass =
                    selection.takesClusters() || RepackSelection.sizeClass(entry) == sizeClass;
            if (inClass && selection.includes(page, entry)) {
                pages[count] = page;
                entries[count++] = entry;
            }
        }
        return count;
    }

    private boolean cluster(Lane lane, int count, @Nullable StoreDictionary dictionary) {
        if (!tools.hasRoomToMove(count)) {
            full = true;
            return true;
        }
        try {
            long gain = tools.clusters().pack(lane, pages, entries, count, dictionary);
            if (gain <= 0) {
                return false;
            }
            tried += count;
            gained += count;
            saved += gain;
            for (int i = 0; i < count; i++) {
                done(pages[i]);
            }
            return true;
        } catch (BlockIoException.StoreFailure e) {
            return false; // one of them is damaged; alone, the others may gain
        } catch (BlockIoException.OutOfSpace e) {
            full = true;
            return true;
        }
    }

    private void alone(Lane lane, long page, long entry, @Nullable StoreDictionary dictionary) {
        if (!tools.hasRoomToMove(1)) {
            full = true;
            return;
        }
        tried++;
        left--;
        try {
            int gain = tools.repacker().repack(lane, page, entry, with, dense, dictionary, below);
            gained += gain > 0 ? 1 : 0;
            saved += gain;
        } catch (BlockIoException.StoreFailure e) {
            // damaged: whoever reads it will be told
        } catch (BlockIoException.OutOfSpace e) {
            full = true;
            return;
        }
        done(page);
    }

    private void done(long page) {
        selection.access().clearIdle(page);
        if (with == null) {
            selection.access().settle(page, selection.request().effort().priority());
        }
    }
}
