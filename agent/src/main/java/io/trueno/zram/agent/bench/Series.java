package io.trueno.zram.agent.bench;

import java.util.Arrays;

/** A growing list of times in nanoseconds, and their percentiles. */
final class Series {
    private long[] values = new long[64];
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    void addAll(long[] more) {
        if (size + more.length > values.length) {
            values = Arrays.copyOf(values, Math.max(size + more.length, values.length * 2));
        }
        System.arraycopy(more, 0, values, size, more.length);
        size += more.length;
    }

    int size() {
        return size;
    }

    /**
     * The value that {@code percent} percent of the series do not exceed (nearest rank).
     *
     * @param percent above 0, at most 100
     */
    long percentile(double percent) {
        if (size == 0) {
            throw new IllegalStateException("no measurements: size=" + size);
        }
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(size * percent / 100) - 1)];
    }
}
