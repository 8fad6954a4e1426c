package io.trueno.zram.engine;

/** The unit everything here works in: the 4 KiB page of x86-64 and of swap. */
public final class Pages {
    /** Bytes in a page. */
    public static final int SIZE = 4096;

    /** {@code log2(SIZE)}: shifts a byte offset to a page index. */
    public static final int SHIFT = 12;

    private Pages() {}

    /**
     * The number of pages that {@code bytes} bytes need, the last one perhaps in part.
     *
     * @throws IllegalArgumentException if {@code bytes} is negative
     */
    public static long count(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative size: bytes=" + bytes);
        }
        return (bytes >>> SHIFT) + ((bytes & (SIZE - 1)) == 0 ? 0 : 1);
    }
}
