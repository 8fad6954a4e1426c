package io.trueno.zram.engine.codec.zstd;

/**
 * Turns counts into the probabilities of a finite state entropy table, and writes their description
 * (RFC 8878, 4.1.1). Static functions over the caller's arrays.
 */
final class FseDistribution {
    private FseDistribution() {}

    /**
     * Scales {@code counts} to sum to {@code 2^log}, every symbol that occurs getting at least one.
     *
     * @param total sum of the counts, 2 to 4096; at least two symbols occur, and no more than
     *     {@code 2^log}
     */
    static void normalize(int[] counts, int maxSymbol, int total, int log, short[] probabilities) {
        int size = 1 << log;
        int scale = (1 << 20) / total;
        int left = size;
        int largest = 0;
        int largestCount = 0;
        for (int s = 0; s <= maxSymbol; s++) {
            int count = counts[s];
            int p = 0;
            if (count != 0) {
                p = Math.max(1, (((count * scale) >> (19 - log)) + 1) >> 1);
                left -= p;
                if (count > largestCount) {
                    largestCount = count;
                    largest = s;
                }
            }
            probabilities[s] = (short) p;
        }
        if (left >= 0 || -left < probabilities[largest] >> 2) {
            probabilities[largest] += (short) left;
        } else {
            takeBack(counts, maxSymbol, probabilities, -left);
        }
    }

    /** Takes {@code excess} from the symbols that lose least by it, one at a time. */
    private static void takeBack(int[] counts, int maxSymbol, short[] probabilities, int excess) {
        for (; excess > 0; excess--) {
            int victim = 0;
            long least = Long.MAX_VALUE;
            for (int s = 0; s <= maxSymbol; s++) {
                int p = probabilities[s];
                if (p > 1) {
                    long loss = (long) counts[s] * (BitCost.log2(p) - BitCost.log2(p - 1));
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
     * Writes the description of {@code probabilities}.
     *
     * @return the position after the last byte written
     */
    static int write(
            short[] probabilities, int maxSymbol, int log, BitWriter bits, byte[] out, int at) {
        bits.start(out, at);
        bits.add(log - ZstdFormat.MIN_FSE_LOG, 4);
        int remaining = (1 << log) + 1;
        int threshold = 1 << log;
        int width = log + 1;
        int symbol = 0;
        while (remaining > 1) {
            int p = probabilities[symbol++];
            int max = 2 * threshold - 1 - remaining;
            remaining -= Math.abs(p);
            int value = p + 1;
            if (value >= threshold) {
                value += max;
            }
            bits.add(value, value < max ? width - 1 : width);
            bits.flush();
            while (remaining < threshold) {
                width--;
                threshold >>= 1;
            }
            if (p == 0) {
                symbol = writeZeroRun(probabilities, symbol, maxSymbol, bits);
            }
        }
        return bits.finish();
    }

    private static int writeZeroRun(
            short[] probabilities, int symbol, int maxSymbol, BitWriter bits) {
        int end = symbol;
        while (end <= maxSymbol && probabilities[end] == 0) {
            end++;
        }
        int run = end - symbol;
        while (run >= 3) {
            bits.add(3, 2);
            bits.flush();
            run -= 3;
        }
        bits.add(run, 2);
        return end;
    }
}
