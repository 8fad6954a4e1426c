package io.trueno.zram.engine.kernel;

/** {@link MatchLengths} in words of eight bytes. */
final class ScalarMatchLengths extends MatchLengths {
    @Override
    public long matchLength(long a, long b, long most) {
        long first = equalBytes(a, b);
        long second = equalBytes(a + Long.BYTES, b + Long.BYTES);
        long length = first + (second & -(first >> 3));
        return length == 2 * Long.BYTES ? extend(a, b, length, most) : Math.min(length, most);
    }
}
