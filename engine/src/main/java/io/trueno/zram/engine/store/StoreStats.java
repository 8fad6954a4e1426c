package io.trueno.zram.engine.store;

/**
 * A snapshot of a store's counters, under the names and in the units of the kernel's {@code
 * mm_stat} and {@code io_stat} (Documentation/admin-guide/blockdev/zram.rst) where it has them.
 * Taken while requests run, the fields may be a few pages apart; at rest they are exact.
 *
 * @param origDataSize bytes of pages stored, same-filled ones too
 * @param comprDataSize bytes of packed pages; incompressible ones count 4096, same-filled ones none
 * @param memUsedTotal bytes of arena memory in use: slots, what separates them, chunks being
 *     emptied
 * @param memLimit limit of {@code memUsedTotal} in bytes, 0 for none
 * @param memUsedMax highest {@code memUsedTotal} so far
 * @param samePages pages stored as one repeated word
 * @param pagesCompacted 4 KiB pages of arena memory that compaction freed
 * @param hugePages incompressible pages stored now
 * @param hugePagesSince incompressible pages stored ever
 * @param failedReads page reads that failed
 * @param failedWrites page writes that failed
 * @param notifyFree pages discarded
 * @param pagesRead page reads that succeeded
 * @param pagesWritten page writes that succeeded
 * @param damagedEntries page table entries found damaged
 * @param indexBytes bytes of page table and bookkeeping, not part of {@code memUsedTotal}
 * @param headroomBytes arena memory mapped ahead of its use, not part of {@code memUsedTotal}
 * @param softLimitBytes of {@code memUsedTotal}, 0 for none
 * @param softLimitEvents how often it was reached from below
 * @param dictionaryBytes bytes of memory that dictionaries take, not part of {@code memUsedTotal}
 * @param unlockedBytes bytes of the store's memory that the system may swap out: 0 if it is locked
 */
public record StoreStats(
        long origDataSize,
        long comprDataSize,
        long memUsedTotal,
        long memLimit,
        long memUsedMax,
        long samePages,
        long pagesCompacted,
        long hugePages,
        long hugePagesSince,
        long failedReads,
        long failedWrites,
        long notifyFree,
        long pagesRead,
        long pagesWritten,
        long damagedEntries,
        long indexBytes,
        long headroomBytes,
        long softLimitBytes,
        long softLimitEvents,
        long dictionaryBytes,
        long unlockedBytes) {
    /**
     * Bytes kept for each byte of memory taken, index and dictionaries included; 0 while nothing is
     * stored.
     */
    public double effectiveRatio() {
        long taken = memUsedTotal + indexBytes + dictionaryBytes;
        return origDataSize == 0 ? 0 : (double) origDataSize / taken;
    }
}
