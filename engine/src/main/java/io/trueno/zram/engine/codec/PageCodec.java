package io.trueno.zram.engine.codec;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;

/**
 * Compresses and decompresses single 4 KiB pages. Holds its working memory (hash tables, entropy
 * tables, scratch), so an instance serves <b>one thread at a time</b>; steady state allocates
 * nothing.
 *
 * <p>Packed bytes live in heap arrays that callers own and reuse, of at least {@link
 * #PACKED_CAPACITY} bytes: the slack lets codecs read and write in whole vectors past the end of
 * what counts. Pages live anywhere; exactly {@link Pages#SIZE} bytes of a segment are read or
 * written, never one more.
 */
public interface PageCodec {
    /** Answer of {@link #compress}: the page would not shrink. Not an error. */
    int INCOMPRESSIBLE = -1;

    /** Smallest length in bytes of an array that takes packed bytes. */
    int PACKED_CAPACITY = Pages.SIZE + 512;

    /**
     * Compresses one page.
     *
     * @param page holds the page at {@code pageOffset}; not kept
     * @param packed takes the result from index 0; bytes after the result are undefined on return
     * @return bytes written, 1 to {@code Pages.SIZE - 1}, or {@link #INCOMPRESSIBLE}
     * @throws IndexOutOfBoundsException if the page does not lie in the segment or {@code packed}
     *     is shorter than {@link #PACKED_CAPACITY}
     */
    int compress(MemorySegment page, long pageOffset, byte[] packed);

    /**
     * Decompresses one page. The input may be hostile: whatever it holds, nothing outside the
     * page's {@link Pages#SIZE} bytes is written. After a failure the page's content is undefined.
     *
     * @param packed holds the compressed bytes from index 0; not changed
     * @param packedLength 1 to {@code Pages.SIZE}
     * @param page takes the page at {@code pageOffset}
     * @throws io.trueno.zram.engine.CorruptPageException if the bytes do not decode to exactly one
     *     page
     * @throws IndexOutOfBoundsException if the page does not lie in the segment, or {@code packed}
     *     is shorter than {@link #PACKED_CAPACITY}
     */
    void decompress(byte[] packed, int packedLength, MemorySegment page, long pageOffset);
}
