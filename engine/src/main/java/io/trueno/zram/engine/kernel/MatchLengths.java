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
     *
     * <p>Never by a call, not even for what is rare: around a call in its loop, C2 keeps whatever a
     * search needs on the stack (a tenth of the time of a search).
     */
    public abstract long matchLength(long a, long b, long most);
}
