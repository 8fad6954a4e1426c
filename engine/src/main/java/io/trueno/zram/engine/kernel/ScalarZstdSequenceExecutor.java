package io.trueno.zram.engine.kernel;

/** {@link ZstdSequenceExecutor} in steps of eight bytes. */
final class ScalarZstdSequenceExecutor extends ZstdSequenceExecutor {
    private static final int LITERALS = 16;
    private static final int MATCH = 32;
    private static final int NEAREST = 16;

    @Override
    protected long unpack(long sequences, int count) {
        long literalLengths = 0;
        long matchLengths = 0;
        long offsetValues = 0;
        long first = RawMemory.address(sequences);
        for (int i = 0; i < count; i++) {
            long at = first + (long) i * Long.BYTES;
            long window = RawMemory.getLong(at);
            long sum = RawMemory.getLong(at + SUMS);
            int bits = (int) (sum >>> OFFSET_BITS_SHIFT) & OFFSET_BITS_MASK;
            long value = (window >>> 1 | Long.MIN_VALUE) >>> ~bits;
            window <<= bits;
            bits = (int) (sum >>> MATCH_LENGTH_BITS_SHIFT) & LENGTH_BITS_MASK;
            long matchLength =
                    ((sum >>> MATCH_LENGTH_SHIFT) & MATCH_LENGTH_MASK) + (window >>> 1 >>> ~bits);
            window <<= bits;
            bits = (int) (sum >>> LITERAL_LENGTH_BITS_SHIFT) & LENGTH_BITS_MASK;
            long literalLength =
                    ((sum >>> LITERAL_LENGTH_SHIFT) & LITERAL_LENGTH_MASK)
                            + (window >>> 1 >>> ~bits);
            // Without literals, values name the repeat offsets one further down.
            long older = 1 - value + ((literalLength - 1) >> 63);
            long fresh = value - LAST_REPEAT + NEW_OFFSET;
            long isNew = (LAST_REPEAT - value) >> 63;
            RawMemory.putLong(at, literalLength);
            RawMemory.putLong(at + SUMS, matchLength);
            long isLong = ((LITERALS - literalLength) | (MATCH - matchLength)) & LONG;
            RawMemory.putLong(at + CHOICES, (older ^ ((older ^ fresh) & isNew)) | isLong);
            literalLengths += literalLength;
            matchLengths += matchLength;
            offsetValues |= value;
        }
        return total(literalLengths, matchLengths, offsetValues);
    }

    // Straight-line on purpose: a loop in here makes C2 spill the loop's state.
    @Override
    protected int run(long base, int sequences, int from, int last, int lowest) {
        long block = RawMemory.address(base);
        long arrays = RawMemory.address(base + sequences);
        int next = from & INDEX_MASK;
        long offsets = repeats;
        long literalAt = literal & PLACE_MASK;
        long outAt = at & PLACE_MASK;
        do {
            long literalLength = RawMemory.getLong(arrays + next);
            long matchLength = RawMemory.getLong(arrays + SUMS + next);
            long choice = RawMemory.getLong(arrays + CHOICES + next);
            long pushed = offsets << (choice >>> Integer.SIZE) | (choice & OFFSET_MASK);
            if (choice < 0) {
                pushed = repeatsAfterOlder(offsets, choice, olderOffset(offsets, choice));
                if (choice < NEWEST_LESS_ONE || literalLength > LITERALS || matchLength > MATCH) {
                    break;
                }
            }
            long offset = pushed & OFFSET_MASK;
            long match = outAt + literalLength;
            if (offset < NEAREST || match - offset < lowest) {
                break;
            }
            offsets = pushed;
            copy16(block + literalAt, block + outAt);
            long source = block + ((match - offset) & PLACE_MASK);
            long target = block + (match & PLACE_MASK);
            copy16(source, target);
            copy16(source + 16, target + 16);
            literalAt = (literalAt + literalLength) & PLACE_MASK;
            outAt = (match + matchLength) & PLACE_MASK;
            next = (next + Long.BYTES) & INDEX_MASK;
        } while (next != last);
        repeats = offsets;
        literal = literalAt;
        at = outAt;
        return next;
    }

    private static void copy16(long source, long target) {
        RawMemory.putLong(target, RawMemory.getLong(source));
        RawMemory.putLong(target + 8, RawMemory.getLong(source + 8));
    }
}
