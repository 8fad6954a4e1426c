package io.trueno.zram.engine.codec.zstd;

/**
 * Turns counts into the probabilities of a finite state entropy table, and writes their description
 * (RFC 8878, 4.1.1). Static functions over the caller's arrays; the symbols that occur are the bits
 * of {@code present}.
 */
final class FseDistribution {
    private static final int SCALE_BITS = 20;

    private FseDistribution() {}

    /**
     * Scales counts to sum to {@code 2^log}, every symbol that occurs getting at least one.
     *
     * @param total sum of the counts, 2 to 4096
     * @param present at least two symbols, and no more than {@code 2^log}
     * @param probabilities set for the symbols that occur, others are left alone
     */
    static void normalize(int[] counts, long present, int total, int log, short[] probabilities) {
        int scale = (1 << SCALE_BITS) / total;
        int left = 1 << log;
        int largest = 0;
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int s = Long.numberOfTrailingZeros(rest);
            int twice = (counts[s] * scale) >> (SCALE_BITS - 1 - log);
            int p = Math.max(1, (twice + 1) >> 1);
            probabilities[s] = (short) p;
            left -= p;
            largest = Math.max(largest, (counts[s] << 6) + s);
        }
        largest &= Long.SIZE - 1;
        if (left >= 0 || -left <= probabilities[largest] >> 1) {
            probabilities[largest] += (short) left;
        } else {
            takeBack(counts, present, probabilities, -left);
        }
    }

    /** Takes {@code excess} from the symbols that lose least by it, one at a time. */
    private static void takeBack(int[] counts, long present, short[] probabilities, int excess) {
        for (; excess > 0; excess--) {
            int victim = 0;
            int least = Integer.MAX_VALUE;
            for (long rest = present; rest != 0; rest &= rest - 1) {
                int s = Long.numberOfTrailingZeros(rest);
                int p = probabilities[s];
                if (p > 1) {
                    int loss = counts[s] * (BitCost.log2(p) - BitCost.log2(p - 1));
                    if (loss < least) {
                        least = loss;
                        victim = s;
                    }
                }
            }
            probabilities[victim]--;
        }
    }

    /**
     * Writes the description of positive probabilities.
     *
     * @param out needs {@link BitWriter#SLACK} bytes past the end
     * @return the position after the last byte written
     */
    static int write(short[] probabilities, long present, int log, byte[] out, int at) {
        long accumulator = (long) log - ZstdFormat.MIN_FSE_LOG;
        int pending = 4;
        int remaining = (1 << log) + 1;
        int expected = 0;
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int s = Long.numberOfTrailingZeros(rest);
            int threshold = Integer.highestOneBit(remaining);
            int width = 32 - Integer.numberOfLeadingZeros(remaining);
            int max = 2 * threshold - 1 - remaining;
            int zeros = s - expected;
            if (zeros != 0) {
                // Probability zero, then two bits at a time the number of further zeros.
                int value = threshold == 1 ? 1 + max : 1;
                accumulator |= (long) value << pending;
                pending += value < max ? width - 1 : width;
                for (zeros--; zeros >= 3; zeros -= 3) {
                    accumulator |= 3L << pending;
                    pending += 2;
                }
                accumulator |= (long) zeros << pending;
                pending += 2;
                // Up to 7 + 7 + 34 + 2 bits are pending: make room for what follows.
                BitWriter.LONG.set(out, at, accumulator);
                at += pending >>> 3;
                accumulator >>>= pending & ~7;
                pending &= 7;
            }
            int p = probabilities[s];
            int value = p + 1;
            value += value >= threshold ? max : 0;
            accumulator |= (long) value << pending;
            pending += value < max ? width - 1 : width;
            BitWriter.LONG.set(out, at, accumulator);
            at += pending >>> 3;
            accumulator >>>= pending & ~7;
            pending &= 7;
            remaining -= p;
            expected = s + 1;
        }
        BitWriter.LONG.set(out, at, accumulator);
        return at + ((pending + 7) >>> 3);
    }
}
