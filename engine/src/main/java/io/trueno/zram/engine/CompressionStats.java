package io.trueno.zram.engine;

/**
 * What a {@link PageCompressor} has done since it was made or its statistics were reset.
 *
 * @param pagesCompressed pages given to compress
 * @param pagesSameFilled those of them that were one word repeated
 * @param pagesIncompressible those of them that would not shrink
 * @param bytesIn bytes given to compress
 * @param bytesOut bytes that came out; a page that would not shrink counts as a whole page
 * @param pagesDecompressed pages given back
 */
public record CompressionStats(
        long pagesCompressed,
        long pagesSameFilled,
        long pagesIncompressible,
        long bytesIn,
        long bytesOut,
        long pagesDecompressed) {
    /** Bytes in over bytes out; 1 before the first page. */
    public double ratio() {
        return bytesOut == 0 ? 1 : (double) bytesIn / bytesOut;
    }
}
