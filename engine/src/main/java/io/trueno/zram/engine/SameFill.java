package io.trueno.zram.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.trueno.zram.engine.kernel.Kernels;
import io.trueno.zram.engine.kernel.PageKernels;
import java.lang.foreign.MemorySegment;

/**
 * Finds and rebuilds pages that are one 8-byte word repeated 512 times, as zram does; all-zero
 * pages are the common case. Such a page is fully told by its word and takes no slot.
 *
 * <p>Words are in the machine's byte order. Immutable, for any number of threads.
 */
public final class SameFill {
    private final PageKernels kernels;

    private SameFill(PageKernels kernels) {
        this.kernels = kernels;
    }

    /** On the widest backend that is available. */
    public static SameFill create() {
        return create(SimdBackend.detect());
    }

    /**
     * On one backend.
     *
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public static SameFill create(SimdBackend backend) {
        return new SameFill(Kernels.of(backend).pageKernels());
    }

    /**
     * Whether every 8-byte word of the page equals its first one; {@link #wordOf} is then the page.
     * Gives up at the first difference, and looks at both ends of the page before its middle.
     *
     * @param page holds the page at {@code offset}
     * @throws IndexOutOfBoundsException if the page does not lie in the segment
     */
    public boolean isSameFilled(MemorySegment page, long offset) {
        return kernels.isSameFilled(page, offset);
    }

    /** The page's first word: with {@link #isSameFilled}, all there is to store. */
    public static long wordOf(MemorySegment page, long offset) {
        return page.get(JAVA_LONG_UNALIGNED, offset);
    }

    /**
     * Rebuilds the page from its word.
     *
     * @throws IndexOutOfBoundsException if the page does not lie in the segment
     */
    public void expand(long word, MemorySegment page, long offset) {
        kernels.fill(page, offset, word);
    }
}
