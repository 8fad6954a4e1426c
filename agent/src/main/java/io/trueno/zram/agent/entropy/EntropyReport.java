package io.trueno.zram.agent.entropy;

import java.util.List;

/**
 * What a sample of pages says.
 *
 * @param name of the source
 * @param pages in the source
 * @param sampled pages that were read
 * @param samePages of them, filled with one repeated 8-byte word: stored without memory
 * @param entropyBits mean order-0 entropy of a page in bits per byte, 0 to 8: what a coder of
 *     single bytes could reach, without matches
 * @param codecs what real compression makes of them
 */
public record EntropyReport(
        String name,
        long pages,
        int sampled,
        int samePages,
        double entropyBits,
        List<CodecRatio> codecs) {
    /**
     * What one codec makes of the sample.
     *
     * @param algorithm as zram writes it
     * @param ratio sampled bytes over compressed bytes, where a same-filled page counts nothing and
     *     an incompressible one 4096; 0 if nothing had to be stored
     * @param incompressible pages that did not shrink
     */
    public record CodecRatio(String algorithm, double ratio, int incompressible) {}
}
