package io.trueno.zram.ublk.queue;

import java.util.concurrent.atomic.AtomicLongArray;

/** What a queue has done. Written by its thread alone, read by anyone. */
final class QueueCounters {
    static final int REQUESTS = 0;
    static final int FAILED = 1;
    static final int BATCHES = 2;
    static final int SYSTEM_CALLS = 3;
    private static final int COUNTERS = 4;

    private final AtomicLongArray values = new AtomicLongArray(COUNTERS);

    void add(int counter, long amount) {
        values.setPlain(counter, values.getPlain(counter) + amount);
    }

    void set(int counter, long value) {
        values.setOpaque(counter, value);
    }

    long get(int counter) {
        return values.getOpaque(counter);
    }
}
