package io.trueno.zram.engine.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One lane's share of the store's counters. Only the lane's holder adds; anyone may sum the lanes.
 * A share may be negative (a page stored through one lane and discarded through another), the sum
 * never is.
 */
final class Counters {
    static final int HUGE_PAGES_SINCE = 0;
    static final int FAILED_READS = 1;
    static final int FAILED_WRITES = 2;
    static final int NOTIFY_FREE = 3;
    static final int PAGES_READ = 4;
    static final int PAGES_WRITTEN = 5;
    static final int DAMAGED_ENTRIES = 6;
    static final int BD_READS = 7;
    static final int BD_WRITES = 8;

    /** From here on: pages stored of each {@link PageEntry} kind. */
    static final int PAGES = 9;

    /** From here on: packed bytes of each kind. */
    static final int BYTES = PAGES + PageEntry.KINDS;

    static final int COUNT = BYTES + PageEntry.KINDS;

    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] values = new long[COUNT];

    void add(int counter, long delta) {
        VALUE.setOpaque(values, counter, values[counter] + delta);
    }

    /** Counts a page of a kind in, or out if {@code sign} is -1. */
    void count(int kind, int packedLength, int sign) {
        add(PAGES + kind, sign);
        add(BYTES + kind, (long) sign * packedLength);
    }

    long get(int counter) {
        return (long) VALUE.getOpaque(values, counter);
    }
}
