package io.trueno.zram.engine.kernel;

/** {@link ZstdSequenceExecutor} in steps of eight bytes. */
final class ScalarZstdSequenceExecutor extends ZstdSequenceExecutor {
    private static final int LITERALS = 16;
    private static final int MATCH = 32;

    // Straight-line on purpose: a loop in here makes C2 spill the loop's state.
    @Override
    protected long run(long from, long last, long literalsEnd, long lowest, long outEnd) {
        long next = from;
        long repeat1 = first;
        long repeat2 = second;
        long repeat3 = third;
        long literalAt = literal;
        long outAt = at;
        while (next < last) {
            long sequence = RawMemory.getLong(RawMemory.address(next));
            long value = sequence >>> OFFSET_VALUE_SHIFT;
            long literalLength = (sequence >>> LITERAL_LENGTH_SHIFT) & LENGTH_MASK;
            long matchLength = (sequence >>> MATCH_LENGTH_SHIFT) & LENGTH_MASK;
            long which = value - ((literalLength - 1) >> 63);
            // The newest offset again, or a new one: without a branch, it is not predictable.
            long isNew = (3 - value) >> 63;
            long offset = repeat1 ^ ((repeat1 ^ (value - 3)) & isNew);
            long match = outAt + literalLength;
            long end = match + matchLength;
            // Too long, too near, outside, or an older offset.
            if ((((value - 4) & (1 - which))
                            | LITERALS - literalLength
                            | MATCH - matchLength
                            | offset - 16
                            | literalsEnd - literalAt - literalLength
                            | outEnd - end
                            | match - offset - lowest)
                    < 0) {
                break;
            }
            repeat3 ^= (repeat3 ^ repeat2) & isNew;
            repeat2 ^= (repeat2 ^ repeat1) & isNew;
            repeat1 = offset;
            copy16(RawMemory.address(literalAt), RawMemory.address(outAt));
            long source = RawMemory.address(match - offset);
            long target = RawMemory.address(match);
            copy16(source, target);
            copy16(source + 16, target + 16);
            literalAt += literalLength;
            outAt = end;
            next += Long.BYTES;
        }
        first = repeat1;
        second = repeat2;
        third = repeat3;
        literal = literalAt;
        at = outAt;
        return next;
    }

    private static void copy16(long source, long target) {
        RawMemory.putLong(target, RawMemory.getLong(source));
        RawMemory.putLong(target + 8, RawMemory.getLong(source + 8));
    }
}
