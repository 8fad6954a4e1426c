package io.trueno.zram.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** {@link PageKernels} in 8-byte words. */
enum ScalarPageKernels implements PageKernels {
    INSTANCE;

    private static final int STEP = 64;

    @Override
    public boolean isSameFilled(MemorySegment page, long offset) {
        Objects.checkFromIndexSize(offset, Pages.SIZE, page.byteSize());
        long word = page.get(JAVA_LONG_UNALIGNED, offset);
        // Most pages that are not same-filled differ here already: headers in front, free space
        // at the end.
        if (page.get(JAVA_LONG_UNALIGNED, offset + Pages.SIZE - Long.BYTES) != word) {
            return false;
        }
        for (int i = 0; i < Pages.SIZE; i += STEP) {
            long at = offset + i;
            long differing =
                    (page.get(JAVA_LONG_UNALIGNED, at) ^ word)
                            | (page.get(JAVA_LONG_UNALIGNED, at + 8) ^ word)
                            | (page.get(JAVA_LONG_UNALIGNED, at + 16) ^ word)
                            | (page.get(JAVA_LONG_UNALIGNED, at + 24) ^ word)
                            | (page.get(JAVA_LONG_UNALIGNED, at + 32) ^ word)
                            | (page.get(JAVA_LONG_UNALIGNED, at + 40) ^ word)
                            | (page.get(JAVA_LONG_UNALIGNED, at + 48) ^ word)
                            | (page.get(JAVA_LONG_UNALIGNED, at + 56) ^ word);
            if (differing != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void fill(MemorySegment page, long offset, long word) {
        Objects.checkFromIndexSize(offset, Pages.SIZE, page.byteSize());
        for (int i = 0; i < Pages.SIZE; i += Long.BYTES) {
            page.set(JAVA_LONG_UNALIGNED, offset + i, word);
        }
    }
}
