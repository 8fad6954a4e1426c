package io.trueno.zram.agent.device;

import io.trueno.zram.engine.store.BackingStats;
import io.trueno.zram.engine.store.BlockState;
import io.trueno.zram.engine.store.StoreStats;
import java.util.Locale;

/**
 * Counters as kernel zram prints them, byte for byte: {@code mm_stat_show} and its like in {@code
 * drivers/block/zram/zram_drv.c}.
 */
public final class KernelStatFormat {
    private KernelStatFormat() {}

    /**
     * One line of nine fields, each at least eight wide: orig_data_size, compr_data_size,
     * mem_used_total, mem_limit, mem_used_max in bytes, then same_pages, pages_compacted,
     * huge_pages, huge_pages_since in pages.
     */
    public static String mmStat(StoreStats s) {
        return String.format(
                Locale.ROOT,
                "%8d %8d %8d %8d %8d %8d %8d %8d %8d\n",
                s.origDataSize(),
                s.comprDataSize(),
                s.memUsedTotal(),
                s.memLimit(),
                s.memUsedMax(),
                s.samePages(),
                s.pagesCompacted(),
                s.hugePages(),
                s.hugePagesSince());
    }

    /**
     * One line of four fields: failed_reads, failed_writes, a literal 0 that was invalid_io once,
     * notify_free.
     */
    public static String ioStat(StoreStats s) {
        return String.format(
                Locale.ROOT, "%8d %8d 0 %8d\n", s.failedReads(), s.failedWrites(), s.notifyFree());
    }

    /** One line of three fields, each at least eight wide: bd_count, bd_reads, bd_writes. */
    public static String bdStat(BackingStats s) {
        return String.format(Locale.ROOT, "%8d %8d %8d\n", s.bdCount(), s.bdReads(), s.bdWrites());
    }

    /**
     * A version and a line of two numbers: a literal 0, and miss_free, which is 0 here, since no
     * freed page is ever missed.
     */
    public static String debugStat() {
        return String.format(Locale.ROOT, "version: 1\n0 %8d\n", 0);
    }

    /** A line of the kernel's {@code block_state}. */
    public static String blockState(BlockState block) {
        return String.format(
                Locale.ROOT,
                "%12d %12d.%06d %s%n",
                block.page(),
                block.accessSeconds(),
                0,
                block.flags());
    }
}
