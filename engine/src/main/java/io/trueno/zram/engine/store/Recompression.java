package io.trueno.zram.engine.store;

/**
 * What a recompression did.
 *
 * @param pagesTried pages that were packed again
 * @param pagesGained pages of them that take less memory now
 * @param bytesSaved of packed bytes, by which they take less
 */
public record Recompression(long pagesTried, long pagesGained, long bytesSaved) {
    /** Nothing yet. */
    public static final Recompression NONE = new Recompression(0, 0, 0);

    /** Both together. */
    public Recompression plus(Recompression other) {
        return new Recompression(
                pagesTried + other.pagesTried,
                pagesGained + other.pagesGained,
                bytesSaved + other.bytesSaved);
    }
}
