package io.trueno.zram.engine;

import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * Whether a dictionary pays, told by pages that it was not trained on.
 *
 * @param accepted whether to use it
 * @param reason in words
 * @param bytesWithout packed bytes of the tested pages without it
 * @param bytesWith packed bytes of the tested pages with it, its own share included
 */
public record DictionaryVerdict(
        boolean accepted, String reason, long bytesWithout, long bytesWith) {
    /** A smaller gain, in thousandths, is not worth keeping a dictionary alive for. */
    private static final int LEAST_GAIN_PER_MILLE = 10;

    /**
     * Judges by measured sizes.
     *
     * @param packedWithout packed bytes of all tested pages without the dictionary
     * @param packedWith the same with it, its own bytes not included
     * @param testedPages how many pages were tested
     * @param dictionaryBytes what the dictionary weighs
     * @param servedPages the pages that will share its weight
     * @throws IllegalArgumentException if there are no tested or no served pages
     */
    public static DictionaryVerdict of(
            long packedWithout,
            long packedWith,
            long testedPages,
            int dictionaryBytes,
            long servedPages) {
        if (testedPages <= 0 || servedPages <= 0) {
            throw new IllegalArgumentException(
                    "a dictionary is judged by pages: tested="
                            + testedPages
                            + " served="
                            + servedPages);
        }
        long share = Math.ceilDiv(Math.multiplyExact(dictionaryBytes, testedPages), servedPages);
        long with = packedWith + share;
        double gain = 1 - (double) with / Math.max(1, packedWithout);
        boolean accepted = gain * 1000 >= LEAST_GAIN_PER_MILLE;
        String reason =
                String.format(
                        Locale.ROOT,
                        "%s %.1f %% on %d pages that it was not trained on, its own %d bytes shared"
                                + " by %d pages",
                        accepted ? "saves" : gain < 0 ? "refused: costs" : "refused: saves only",
                        Math.abs(gain) * 100,
                        testedPages,
                        dictionaryBytes,
                        servedPages);
        return new DictionaryVerdict(accepted, reason, packedWithout, with);
    }

    /**
     * What a codec makes of pages, an incompressible page counted whole.
     *
     * @param pages holds {@code count} pages back to back
     */
    public static long packedBytes(PageCodec codec, MemorySegment pages, int count) {
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            int length = codec.compress(pages, (long) i * Pages.SIZE, packed);
            bytes += length == PageCodec.INCOMPRESSIBLE ? Pages.SIZE : length;
        }
        return bytes;
    }
}
