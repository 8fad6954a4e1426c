package io.trueno.zram.engine.kernel;

/**
 * Decodes LZ4 blocks of one page. Stateless, for any number of threads.
 *
 * @see <a href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md">LZ4 block format</a>
 */
public interface Lz4Decoder {
    /** Bytes past the input and past the page that an implementation may read or write. */
    int SLACK = 256;

    /**
     * Decodes one block to exactly one page.
     *
     * @param packed the block from index 0, at least {@code packedLength + SLACK} bytes long; what
     *     it holds after the block is read but does not matter
     * @param page takes {@code Pages.SIZE} bytes from index 0, at least {@code Pages.SIZE + SLACK}
     *     bytes long; the slack is overwritten with anything
     * @throws io.trueno.zram.engine.CorruptPageException if the block is not valid, or gives less
     *     or more than a page
     */
    void decode(byte[] packed, int packedLength, byte[] page);
}
