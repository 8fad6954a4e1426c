package io.trueno.zram.engine.codec.lz4;

import static io.trueno.zram.engine.codec.lz4.Lz4Format.LONG_LENGTH;
import static io.trueno.zram.engine.codec.lz4.Lz4Format.MATCH_START_LIMIT;
import static io.trueno.zram.engine.codec.lz4.Lz4Format.MIN_MATCH;
import static io.trueno.zram.engine.codec.lz4.Lz4Format.MORE;
import static io.trueno.zram.engine.codec.lz4.Lz4Format.furtherLengthBytes;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * LZ4 encoder that finds the shortest block there is for the matches it knows, for pages that are
 * compressed once and kept. For one thread at a time.
 *
 * <p>Works backwards over the page. {@code rest[i]} is the least number of bytes for the page from
 * {@code i} on if a sequence starts there; {@code matched[i]} the least from a match at {@code i},
 * without the token and the literals before it. A sequence at {@code i} with {@code n} literals
 * costs a token, the literals, the further bytes of {@code n}, and {@code matched[i + n]}. So the
 * best {@code n} is where {@code i + n + matched[i + n]} is least: among 15 positions without
 * further bytes, and in each window of 255 positions behind them with one byte more.
 */
final class Lz4OptimalEncoder {
    private static final int NO_MATCH = 1 << 20;

    /** Of longer matches, only this many of the shortest and of the longest parts are weighed. */
    private static final int WEIGHED_LENGTHS = 24;

    private final byte[] page = new byte[Pages.SIZE];
    private final Lz4LongestMatches matches;
    private final int[] rest = new int[Pages.SIZE + 1];
    private final int[] matchStart = new int[Pages.SIZE + 1];
    private final int[] matchLength = new int[Pages.SIZE + 1];

    /** {@code i + matched[i]}. */
    private final int[] reach = new int[Pages.SIZE + 1];

    /** Position of the least {@code reach} among the 255 from here. */
    private final int[] windowBest = new int[Pages.SIZE + 1];

    private final int[] window = new int[Pages.SIZE + 1];

    /**
     * An encoder.
     *
     * @param level 1 to 12, as in the reference library: more candidates with each
     */
    Lz4OptimalEncoder(int level) {
        matches = new Lz4LongestMatches(1 << level);
    }

    /**
     * Encodes one page.
     *
     * @param source holds the page at {@code offset}
     * @param packed takes the block, which is at most {@code Pages.SIZE + 18} bytes long
     * @return length of the block
     */
    int encode(MemorySegment source, long offset, byte[] packed) {
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, page, 0, Pages.SIZE);
        matches.search(page);
        plan();
        return write(packed);
    }

    private void plan() {
        Arrays.fill(reach, NO_MATCH);
        reach[Pages.SIZE] = Pages.SIZE; // the last literals end the block as a match would
        int head = 0; // of a queue of positions with rising reach, nearest last
        int tail = 0;
        for (int at = Pages.SIZE; at >= 0; at--) {
            if (at <= MATCH_START_LIMIT) {
                reach[at] = at + bestMatch(at);
            }
            while (tail > head && reach[window[tail - 1]] >= reach[at]) {
                tail--;
            }
            window[tail++] = at;
            if (window[head] >= at + MORE) {
                head++;
            }
            windowBest[at] = window[head];
            chooseLiterals(at);
        }
    }

    /** Bytes for a match at {@code at} and all behind it, with the best length. */
    private int bestMatch(int at) {
        int longest = matches.length(at);
        int best = NO_MATCH;
        for (int length = longest; length >= MIN_MATCH; length--) {
            if (length == longest - WEIGHED_LENGTHS) {
                length = Math.min(length, WEIGHED_LENGTHS);
            }
            int cost = Short.BYTES + furtherLengthBytes(length - MIN_MATCH) + rest[at + length];
            if (cost < best) {
                best = cost;
                matchLength[at] = length;
            }
        }
        return best;
    }

    /** Settles {@code rest[at]}: how many literals a sequence at {@code at} starts with. */
    private void chooseLiterals(int at) {
        int best = at;
        int cost = reach[at];
        for (int i = at + 1; i < Math.min(at + LONG_LENGTH, Pages.SIZE + 1); i++) {
            if (reach[i] < cost) {
                cost = reach[i];
                best = i;
            }
        }
        int further = 1;
        for (int i = at + LONG_LENGTH; i <= Pages.SIZE; i += MORE) {
            if (reach[windowBest[i]] + further < cost) {
                cost = reach[windowBest[i]] + further;
                best = windowBest[i];
            }
            further++;
        }
        matchStart[at] = best;
        rest[at] = 1 + cost - at;
    }

    private int write(byte[] packed) {
        int out = 0;
        int at = 0;
        while (true) {
            int start = matchStart[at];
            int literals = start - at;
            int token = out++;
            out = writeLength(literals, packed, out);
            System.arraycopy(page, at, packed, out, literals);
            out += literals;
            if (start == Pages.SIZE) {
                packed[token] = (byte) (Math.min(literals, LONG_LENGTH) << 4);
                return out;
            }
            int length = matchLength[start];
            int offset = matches.offset(start);
            packed[out++] = (byte) offset;
            packed[out++] = (byte) (offset >>> Byte.SIZE);
            out = writeLength(length - MIN_MATCH, packed, out);
            packed[token] =
                    (byte)
                            ((Math.min(literals, LONG_LENGTH) << 4)
                                    | Math.min(length - MIN_MATCH, LONG_LENGTH));
            at = start + length;
        }
    }

    private static int writeLength(int length, byte[] packed, int out) {
        if (length < LONG_LENGTH) {
            return out;
        }
        int rest = length - LONG_LENGTH;
        while (rest >= MORE) {
            packed[out++] = (byte) MORE;
            rest -= MORE;
        }
        packed[out++] = (byte) rest;
        return out;
    }
}
