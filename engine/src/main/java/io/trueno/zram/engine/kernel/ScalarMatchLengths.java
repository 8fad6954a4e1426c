package io.trueno.zram.engine.kernel;

/** {@link MatchLengths} in words of eight bytes. */
final class ScalarMatchLengths extends MatchLengths {
    @Override
    public long matchLength(long a, long b, long most) {
        long first = equalBytes(a, b);
        long second = equalBytes(a + Long.BYTES, b + Long.BYTES);
        long length = first + (second & -(first >> 3));
        long more = length >> 4;
        while (more != 0 && length < most) {
            long next = equalBytes(a + length, b + length);
            length += next;
            more = next >> 3;
        }
        return Math.min(length, most);
    }

    /** How many of eight bytes are equal from the first on. */
    private static long equalBytes(long a, long b) {
        return Long.numberOfTrailingZeros(RawMemory.getLong(a) ^ RawMemory.getLong(b)) >> 3;
    }
}
