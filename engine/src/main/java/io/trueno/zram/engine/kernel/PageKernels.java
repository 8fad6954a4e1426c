package io.trueno.zram.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Loops over the {@link io.trueno.zram.engine.Pages#SIZE} bytes of one page, which may lie anywhere
 * in any segment, unaligned too. Stateless, for any number of threads.
 *
 * <p>All throw {@link IndexOutOfBoundsException} if the page does not lie in the segment.
 */
public interface PageKernels {
    /** Whether the page is its first 8 bytes repeated. */
    boolean isSameFilled(MemorySegment page, long offset);

    /** Writes {@code word}, in the machine's byte order, over the whole page. */
    void fill(MemorySegment page, long offset, long word);
}
