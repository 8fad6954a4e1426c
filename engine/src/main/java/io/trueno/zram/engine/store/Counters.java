package io.trueno.zram.engine.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One lane's share of the store's counters. Only the lane's holder adds; anyone may sum the lanes.
 * A share may be negative (a page stored through one lane and discarded through another), the sum
 * never is.
 */
final class Counters {
    static final int PAGES_STORED = 0;
    static final int COMPRESSED_BYTES = 1;
    static final int SAME_PAGES = 2;
    static final int HUGE_PAGES = 3;
    static final int HUGE_PAGES_SINCE = 4;
    static final int FAILED_READS = 5;
    static final int FAILED_WRITES = 6;
    static final int NOTIFY_FREE = 7;
    static final int PAGES_READ = 8;
    static final int PAGES_WRITTEN = 9;
    static final int DAMAGED_ENTRIES = 10;
    static final int COUNT = 11;

    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] values = new long[COUNT];

    void add(int counter, long delta) {
        VALUE.setOpaque(values, counter, values[counter] + delta);
    }

    long get(int counter) {
        return (long) VALUE.getOpaque(values, counter);
    }
}
