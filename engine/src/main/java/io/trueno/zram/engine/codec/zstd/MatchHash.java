package io.trueno.zram.engine.codec.zstd;

/** Hashes of the bytes at a position, for {@link DenseMatchFinder}; the highest bits are best. */
final class MatchHash {
    private static final long PRIME = 0x9E3779B185EBCA87L;
    private static final long OTHER_PRIME = 0xCF1BBCDCB7A56463L;

    private MatchHash() {}

    static long of3(long word) {
        return (word << 40) * PRIME;
    }

    static long of4(long word) {
        return (word << 32) * PRIME;
    }

    static long of6(long word) {
        return (word << 16) * OTHER_PRIME;
    }

    static long of8(long word) {
        return word * PRIME;
    }

    /** Of sixteen bytes, or twelve, if the second word overlaps the first. */
    static long of16(long low, long high) {
        return ((low * PRIME) ^ ((high * OTHER_PRIME) >>> 9)) * PRIME;
    }
}
