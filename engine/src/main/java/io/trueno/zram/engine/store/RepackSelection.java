package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.codec.zstd.ZstdPageEncoder;

/**
 * Which pages a recompression takes, and in which order: by class of packed size.
 *
 * @param request what was asked for
 * @param ageSeconds for which a page must not have been used
 */
record RepackSelection(
        PageTable table, AccessTimes access, RecompressionRequest request, int ageSeconds) {
    /** Pages of a window lie next to each other. */
    static final int WINDOW = ClusterSlot.MOST_PAGES;

    static final int CLASSES = (Pages.SIZE >> 9) + 1;

    private static final int CLASS_SHIFT = 9;

    /**
     * Whether pages may be packed together. Not where the request says how large a page may be or
     * how many may be tried, which is about single pages.
     */
    boolean takesClusters() {
        return request.effort() == RecompressionEffort.MOST
                && request.algorithm().isEmpty()
                && request.thresholdBytes() == 0
                && request.maxPages() == 0;
    }

    boolean takesDictionaries() {
        return request.algorithm().isEmpty() && request.effort() != RecompressionEffort.ZSTD;
    }

    /** The level of Zstandard that pages are packed with where no algorithm is named. */
    int level() {
        return request.effort() == RecompressionEffort.MOST
                ? ZstdPageEncoder.DENSE_LEVEL
                : PageRepacker.QUICK_LEVEL;
    }

    static int sizeClass(long entry) {
        return PageEntry.packedLength(entry) >> CLASS_SHIFT;
    }

    /** Whether a page with an entry is taken. */
    boolean includes(long page, long entry) {
        int kind = PageEntry.kind(entry);
        return isRepackable(kind)
                && PageEntry.packedLength(entry) >= request.thresholdBytes()
                && (!request.huge() || kind == PageEntry.RAW)
                && (!request.idle() || access.isIdle(page))
                && (request.algorithm().isPresent()
                        || access.settled(page) < request.effort().priority())
                && access.ageSeconds(page) >= ageSeconds;
    }

    /** Whether what a page is packed as may gain from the request. */
    private boolean isRepackable(int kind) {
        return switch (kind) {
            case PageEntry.RAW, PageEntry.LZ4 -> true;
            case PageEntry.ZSTD ->
                    request.algorithm().isEmpty() && request.effort() != RecompressionEffort.ZSTD;
            case PageEntry.ZSTD_DICTIONARY ->
                    request.algorithm().isEmpty() && request.effort() == RecompressionEffort.MOST;
            default -> false;
        };
    }

    /** How many pages there are to do in each class: a page's own, or its window's. */
    long[] sizes() {
        long[] sizes = new long[CLASSES];
        for (long from = 0; from < table.pages(); from += WINDOW) {
            if (takesClusters()) {
                int sizeClass = windowClass(from);
                if (sizeClass >= 0) {
                    sizes[sizeClass] += included(from);
                }
            } else {
                for (long page = from; page < end(from); page++) {
                    long entry = table.get(page);
                    if (includes(page, entry)) {
                        sizes[sizeClass(entry)]++;
                    }
                }
            }
        }
        return sizes;
    }

    private int included(long from) {
        int count = 0;
        for (long page = from; page < end(from); page++) {
            count += includes(page, table.get(page)) ? 1 : 0;
        }
        return count;
    }

    /** The class of the mean of a window's pages to do; -1 if there are none. */
    int windowClass(long from) {
        int bytes = 0;
        int count = 0;
        for (long page = from; page < end(from); page++) {
            long entry = table.get(page);
            if (includes(page, entry)) {
                bytes += PageEntry.packedLength(entry);
                count++;
            }
        }
        return count == 0 ? -1 : (bytes / count) >> CLASS_SHIFT;
    }

    /** Where the window from {@code from} ends. */
    long end(long from) {
        return Math.min(from + WINDOW, table.pages());
    }
}
