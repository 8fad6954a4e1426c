package io.trueno.zram.engine.kernel;

/**
 * Rounds ideal code lengths, which are fixed-point numbers, to whole ones. Stateless, for any
 * number of threads.
 *
 * <p>Arrays are worked through in groups of {@link #GROUP}; what stands behind the last length that
 * counts, up to the end of its group, is worked on too.
 */
public abstract class CodeLengths {
    /** Lengths that are worked on at a time, at least. */
    public static final int GROUP = 16;

    /** The longest code that can be asked for. */
    public static final int MAX_LENGTH = 15;

    protected CodeLengths() {}

    /**
     * What codes of the rounded lengths take of the code space, in units of the shortest possible
     * part: the sum of {@code 2^(limit - length)}.
     *
     * @param ideals lengths with {@code fractionBits} bits after the point
     * @param count a multiple of {@link #GROUP}, at most the length of {@code ideals}
     * @param offset added to each ideal length before it is rounded down
     * @param limit greatest length, at most {@link #MAX_LENGTH}; the least is 1
     */
    public abstract int kraftSum(int[] ideals, int count, int fractionBits, int offset, int limit);

    /** Writes the rounded lengths to {@code lengths}; arguments as of {@link #kraftSum}. */
    public abstract void round(
            int[] ideals, int count, int fractionBits, int offset, int limit, int[] lengths);
}
