package io.trueno.zram.engine.store;

import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of one page, as kernel zram's {@code block_state} tells it.
 *
 * @param page its number
 * @param accessSeconds when it was last read or written, in seconds of the machine's monotonic
 *     clock; up to sixteen seconds early, and ages beyond {@link PageStore#MAX_IDLE_SECONDS} are
 *     not told apart
 * @param flags six characters in this order, {@code .} for what does not hold: {@code s}
 *     same-filled, {@code w} written back, {@code h} stored as it is since it does not compress,
 *     {@code i} marked idle, {@code r} recompressed, {@code n} does not compress with the most
 *     effort either
 */
public record BlockState(long page, long accessSeconds, String flags) {
    /** The states of those of {@code count} pages from {@code first} that are stored. */
    static List<BlockState> list(PageTable table, AccessTimes access, long first, int count) {
        long now = System.nanoTime() / 1_000_000_000L;
        List<BlockState> states = new ArrayList<>();
        long end = Math.min(table.pages(), first + count);
        for (long page = first; page < end; page++) {
            long entry = table.get(page);
            if (entry != PageEntry.HOLE) {
                String flags = flags(entry, access.isIdle(page), access.settled(page));
                states.add(new BlockState(page, now - access.ageSeconds(page), flags));
            }
        }
        return states;
    }

    private static String flags(long entry, boolean idle, int effort) {
        int kind = PageEntry.kind(entry);
        boolean same = kind == PageEntry.FILL || kind == PageEntry.WORD;
        boolean backed = kind == PageEntry.BACKED;
        boolean huge = kind == PageEntry.RAW;
        boolean hopeless = huge && effort >= RecompressionEffort.MOST.priority();
        boolean recompressed = effort > 0 && !same && !backed && !huge;
        return (same ? "s" : ".")
                + (backed ? "w" : ".")
                + (huge ? "h" : ".")
                + (idle ? "i" : ".")
                + (recompressed ? "r" : ".")
                + (hopeless ? "n" : ".");
    }
}
