package io.trueno.zram.engine.store;

/**
 * How pages are written back, as kernel zram's attributes of the same names say.
 *
 * @param limitEnabled whether {@code limitBlocks} counts
 * @param limitBlocks blocks of 4 KiB that may still be written
 * @param compressed whether pages are written as they are packed; else as they are
 * @param batchPages pages written with one request, 1 to 1024
 */
public record WritebackSettings(
        boolean limitEnabled, long limitBlocks, boolean compressed, int batchPages) {
    /** No limit, compressed, as many pages at once as the kernel writes. */
    public static final WritebackSettings DEFAULT = new WritebackSettings(false, 0, true, 32);

    static final int MOST_BATCH_PAGES = 1024;

    /** Checks the ranges. */
    public WritebackSettings {
        if (limitBlocks < 0) {
            throw new IllegalArgumentException(
                    "writeback_limit must not be negative: " + limitBlocks);
        }
        if (batchPages < 1 || batchPages > MOST_BATCH_PAGES) {
            throw new IllegalArgumentException(
                    "writeback_batch_size must be 1 to " + MOST_BATCH_PAGES + ": " + batchPages);
        }
    }

    /** The same with another budget. */
    public WritebackSettings withLimitBlocks(long blocks) {
        return new WritebackSettings(limitEnabled, blocks, compressed, batchPages);
    }
}
