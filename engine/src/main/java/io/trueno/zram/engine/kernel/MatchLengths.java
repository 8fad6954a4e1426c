package io.trueno.zram.engine.kernel;

/**
 * Tells how long matches are. Stateless, for any number of threads.
 *
 * <p>Arguments are native addresses. Up to {@link #REACH} bytes behind the last byte that counts
 * may be read.
 */
public abstract class MatchLengths {
    /** Bytes that must follow what is compared. */
    public static final int REACH = 64;

    protected MatchLengths() {}

    /**
     * How many bytes from {@code a} on equal those from {@code b} on, at most {@code most}. How
     * long a match is cannot be predicted, so the first bytes are compared without a branch.
     */
    public abstract long matchLength(long a, long b, long most);

    /** {@link #matchLength} if the first {@code known} bytes are known to be equal. */
    protected static long extend(long a, long b, long known, long most) {
        long length = known;
        long more;
        // A step that depends on the data keeps the compiler from unrolling this short loop.
        do {
            more = equalBytes(a + length, b + length);
            length += more;
        } while (more == Long.BYTES && length < most);
        return Math.min(length, most);
    }

    /** How many of eight bytes are equal from the first on. */
    protected static long equalBytes(long a, long b) {
        return Long.numberOfTrailingZeros(RawMemory.getLong(a) ^ RawMemory.getLong(b)) >> 3;
    }
}
