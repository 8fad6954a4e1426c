package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.kernel.Kernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the literals section of a block (RFC 8878, 3.1.1.3.1): raw, one repeated byte, Huffman
 * coded with a table of its own, or with the dictionary's; the shortest by count. Not thread-safe.
 */
final class LiteralsEncoder {
    /** Fewer literals than this are not worth a table of their own. */
    private static final int MIN_OWN_TABLE = 32;

    /** A table's description is hardly shorter when so many literals are worth one. */
    private static final int MIN_DESCRIPTION_BYTES = 8;

    private static final int MIN_TREELESS = 8;

    /** A dictionary's table may cost this much more, by shift: it takes no time to build. */
    private static final int TREELESS_WORTH_SHIFT = 4;

    /** More bits than this by a sample, in sixteenths, are not worth a dictionary's codes. */
    private static final int WORTH_CODING = 16 * 8 - 6;

    /** So many literals that a dictionary's table does not suit are worth a look at their own. */
    private static final int WORTH_COUNTING = 1024;

    /** So many literals have room in the longest codes before it is known what they take. */
    private static final int MAX_UNCOUNTED = 2048;

    /** What four streams take besides their codes; one stream takes less. */
    private static final int STREAM_BYTES = 8;

    /** What a literal takes before anything is known. */
    private static final int FIRST_BITS = 6;

    /** What a literal that does not occur so far would take beyond the longest code. */
    private static final int NEW_LITERAL_BITS = 3;

    private final int singleStreamMax;
    private final long @Nullable [] dictionaryCodes;
    private final int minCoded;

    /** Whether the dictionary's table is used without counting; it has a code for every literal. */
    private final boolean trusting;

    private final int[] counts = new int[256];
    private final int[] moreCounts = new int[3 * 256];
    private final long[] lastCodes = new long[256];

    /** The codes that sections without a table use. */
    private long @Nullable [] shared;

    /** Type of the section that was chosen as the shortest. */
    private int mode;

    private final HuffmanEncoderTable own;
    private final HuffmanEncoderWeights weights = new HuffmanEncoderWeights();

    /**
     * For the shortest form that is found without haste.
     *
     * @param singleStreamMax up to this many literals go in one stream, which is shorter to store
     *     and slower to decode; at most 1023
     * @param dictionaryCodes 256 codes of a dictionary's table, if there is one
     */
    LiteralsEncoder(int singleStreamMax, long @Nullable [] dictionaryCodes) {
        this(singleStreamMax, dictionaryCodes, false, Kernels.of(SimdBackend.detect()));
    }

    /**
     * For a choice between time and size.
     *
     * @param trusting whether to use the dictionary's table by a sample of the literals
     * @param kernels what to build tables with; the result does not depend on it
     */
    LiteralsEncoder(
            int singleStreamMax,
            long @Nullable [] dictionaryCodes,
            boolean trusting,
            Kernels kernels) {
        own = new HuffmanEncoderTable(kernels.codeLengths());
        this.singleStreamMax = singleStreamMax;
        this.dictionaryCodes = dictionaryCodes;
        shared = dictionaryCodes;
        this.trusting =
                trusting
                        && dictionaryCodes != null
                        && Arrays.stream(dictionaryCodes).allMatch(c -> c != 0);
        minCoded = dictionaryCodes == null ? MIN_OWN_TABLE : MIN_TREELESS;
    }

    /** Forgets the table of the last frame. */
    void startFrame() {
        shared = dictionaryCodes;
    }

    /** Remembers that what {@link #writeShortest} wrote last is in the frame. */
    void endBlock() {
        if (mode == ZstdFormat.LITERALS_COMPRESSED) {
            for (int s = 0; s < counts.length; s++) {
                lastCodes[s] = counts[s] == 0 ? 0 : own.codes[s];
            }
            shared = lastCodes;
        }
    }

    /**
     * Writes the section at {@code at} in its shortest form, which takes several times as long as
     * {@link #write}, repeating the table of the block before if that is shorter.
     *
     * @return the position after the section
     */
    int writeShortest(byte[] literals, int count, byte[] out, int at) {
        chooseShortest(literals, count, out, at);
        long[] codes = shared;
        if (mode == ZstdFormat.LITERALS_TREELESS && codes != null) {
            return writeTreeless(literals, count, codes, singleStreamMax, out, at);
        }
        return switch (mode) {
            case ZstdFormat.LITERALS_RLE -> writeRle(literals[0], count, out, at);
            case ZstdFormat.LITERALS_COMPRESSED -> writeOwn(literals, count, 0, out, at);
            default -> writeRaw(literals, count, out, at);
        };
    }

    /** Sets prices to those of a block's literals before anything is known of them. */
    void priceAtFirst(int[] prices) {
        Arrays.fill(prices, FIRST_BITS * BitCost.ONE);
        long[] codes = shared;
        if (codes != null) {
            price(codes, prices);
        }
    }

    /**
     * Sets prices to those of the table that {@link #writeShortest} would choose.
     *
     * @param scratch room for descriptions
     */
    void price(byte[] literals, int count, byte[] scratch, int[] prices) {
        chooseShortest(literals, count, scratch, 0);
        long[] codes = shared;
        if (mode == ZstdFormat.LITERALS_TREELESS && codes != null) {
            price(codes, prices);
        } else if (mode == ZstdFormat.LITERALS_COMPRESSED) {
            for (int s = 0; s < prices.length; s++) {
                int bits =
                        counts[s] == 0 ? own.maxBits + NEW_LITERAL_BITS : (int) own.codes[s] & 0xFF;
                prices[s] = bits * BitCost.ONE;
            }
        } else {
            Arrays.fill(prices, Byte.SIZE * BitCost.ONE);
        }
    }

    private static void price(long[] codes, int[] prices) {
        for (int s = 0; s < prices.length; s++) {
            int bits = codes[s] == 0 ? ZstdFormat.MAX_HUFFMAN_BITS + 1 : (int) codes[s] & 0xFF;
            prices[s] = bits * BitCost.ONE;
        }
    }

    /** Sets the mode, and builds the table if it is that of these literals. */
    private void chooseShortest(byte[] literals, int count, byte[] scratch, int at) {
        mode = ZstdFormat.LITERALS_RAW;
        if (count < 2) {
            return;
        }
        countLiterals(literals, count);
        if (own.count(counts, count) == 0) {
            mode = ZstdFormat.LITERALS_RLE;
            return;
        }
        int least = count + (count < 32 ? 1 : 2);
        int headerAndEnd = headerBytes(count) + (count <= singleStreamMax ? 1 : STREAM_BYTES + 1);
        long[] codes = shared;
        if (codes != null) {
            int bytes = headerAndEnd + (own.bitsWith(codes) >> 3);
            if (bytes < least) {
                least = bytes;
                mode = ZstdFormat.LITERALS_TREELESS;
            }
        }
        int best = tryAllLimits(least - headerAndEnd, scratch, at);
        if (best != 0) {
            own.build(best);
            mode = ZstdFormat.LITERALS_COMPRESSED;
        }
    }

    /** The limit of the shortest table with codes, or 0 if none is shorter than {@code most}. */
    private int tryAllLimits(int most, byte[] scratch, int at) {
        int leastLimit = 32 - Integer.numberOfLeadingZeros(own.symbolCount() - 1);
        int least = most;
        int best = 0;
        for (int limit = ZstdFormat.MAX_HUFFMAN_BITS; limit >= leastLimit; ) {
            int bits = own.build(limit);
            limit = Math.min(limit, own.maxBits);
            int end = weights.write(own, scratch, at);
            int bytes = end - at + (bits >> 3);
            if (end != HuffmanEncoderWeights.NOT_DESCRIBABLE && bytes < least) {
                least = bytes;
                best = limit;
            }
            limit--;
        }
        return best;
    }

    /** Writes the section at {@code at}; returns the position after it. */
    int write(byte[] literals, int count, byte[] out, int at) {
        if (count < minCoded) {
            return writeRaw(literals, count, out, at);
        }
        if (trusting && count <= MAX_UNCOUNTED && dictionaryCodes != null) {
            if (sampledBits(literals, count, dictionaryCodes) <= WORTH_CODING) {
                int end = writeTreeless(literals, count, dictionaryCodes, singleStreamMax, out, at);
                return end - at < count ? end : writeRaw(literals, count, out, at);
            }
            if (count < WORTH_COUNTING) {
                return writeRaw(literals, count, out, at);
            }
        }
        countLiterals(literals, count);
        int entropy = own.count(counts, count);
        if (entropy == 0) {
            return writeRle(literals[0], count, out, at);
        }
        int gain = (count >> 6) + 2;
        long[] codes = dictionaryCodes;
        if (codes != null) {
            int bytes = (own.bitsWith(codes) >> 3) + STREAM_BYTES;
            int ownBytes = BitCost.bytes(entropy) + descriptionBytes(own.symbolCount());
            if (bytes <= ownBytes + (ownBytes >> TREELESS_WORTH_SHIFT) && bytes + gain < count) {
                return writeTreeless(literals, count, codes, singleStreamMax, out, at);
            }
        }
        if (count < MIN_OWN_TABLE
                || BitCost.bytes(entropy) + MIN_DESCRIPTION_BYTES + gain >= count) {
            return writeRaw(literals, count, out, at);
        }
        int bits = own.build(codeLimit(count, own.symbolCount()));
        if ((bits >> 3) + gain >= count) {
            return writeRaw(literals, count, out, at);
        }
        return writeOwn(literals, count, gain, out, at);
    }

    /** Sixteenths of a bit that a literal takes with a table's codes, by a sample. */
    private static int sampledBits(byte[] literals, int count, long[] codes) {
        int step = (count >> 6) + 1;
        int bits = 0;
        int sampled = 0;
        for (int i = 0; i < count; i += step) {
            bits += (int) codes[literals[i] & 0xFF] & 0xFF;
            sampled++;
        }
        return bits * 16 / sampled;
    }

    private int writeOwn(byte[] literals, int count, int gain, byte[] out, int at) {
        int headerBytes = headerBytes(count);
        int streams = weights.write(own, out, at + headerBytes);
        if (streams == HuffmanEncoderWeights.NOT_DESCRIBABLE) {
            return writeRaw(literals, count, out, at);
        }
        int end = writeStreams(literals, count, own.codes, singleStreamMax, out, streams);
        int size = end - at - headerBytes;
        if (size + gain >= count) {
            mode = ZstdFormat.LITERALS_RAW;
            return writeRaw(literals, count, out, at);
        }
        putHeader(ZstdFormat.LITERALS_COMPRESSED, count, size, singleStreamMax, out, at);
        return end;
    }

    /**
     * Writes the section with a dictionary's codes.
     *
     * @param codes 256 codes; every literal has one
     * @param singleStreamMax as in the constructor
     * @return the position after the section, which is of no use if it is not shorter than the
     *     literals
     */
    static int writeTreeless(
            byte[] literals, int count, long[] codes, int singleStreamMax, byte[] out, int at) {
        int headerBytes = headerBytes(count);
        int end = writeStreams(literals, count, codes, singleStreamMax, out, at + headerBytes);
        int size = end - at - headerBytes;
        putHeader(ZstdFormat.LITERALS_TREELESS, count, size, singleStreamMax, out, at);
        return end;
    }

    /** What a table's description takes for so many symbols, on average. */
    private static int descriptionBytes(int symbols) {
        return 8 + ((3 * symbols) >> 3);
    }

    /** Longer codes would save little on so few literals and make the description longer. */
    private static int codeLimit(int count, int symbols) {
        int useful = 30 - Integer.numberOfLeadingZeros(count);
        int least = 32 - Integer.numberOfLeadingZeros(symbols - 1);
        return Math.clamp(useful, least, ZstdFormat.MAX_HUFFMAN_BITS);
    }

    private void countLiterals(byte[] literals, int count) {
        int[] a = counts;
        int[] b = moreCounts;
        Arrays.fill(a, 0);
        Arrays.fill(b, 0);
        int i = 0;
        for (; i + 8 <= count; i += 8) {
            long word = (long) BitWriter.LONG.get(literals, i);
            int low = (int) word;
            int high = (int) (word >>> 32);
            a[low & 0xFF]++;
            b[(low >>> 8) & 0xFF]++;
            b[((low >>> 16) & 0xFF) + 256]++;
            b[(low >>> 24) + 512]++;
            a[high & 0xFF]++;
            b[(high >>> 8) & 0xFF]++;
            b[((high >>> 16) & 0xFF) + 256]++;
            b[(high >>> 24) + 512]++;
        }
        for (; i < count; i++) {
            a[literals[i] & 0xFF]++;
        }
        for (int s = 0; s < 256; s++) {
            a[s] += b[s] + b[s + 256] + b[s + 512];
        }
    }

    private static int writeStreams(
            byte[] literals, int count, long[] codes, int singleStreamMax, byte[] out, int at) {
        return count <= singleStreamMax
                ? HuffmanEncoderStream.write(literals, 0, count, codes, out, at)
                : HuffmanEncoderStream.writeFour(literals, count, codes, out, at);
    }

    private static int headerBytes(int count) {
        return count < 1024 ? 3 : 4;
    }

    /** Type, size format and both sizes (RFC 8878, 3.1.1.3.1.1). */
    private static void putHeader(
            int type, int count, int size, int singleStreamMax, byte[] out, int at) {
        if (count < 1024) {
            int format = count <= singleStreamMax ? 0 : 1;
            int header = type | (format << 2) | (count << 4) | (size << 14);
            out[at] = (byte) header;
            out[at + 1] = (byte) (header >>> 8);
            out[at + 2] = (byte) (header >>> 16);
        } else {
            BitWriter.INT.set(out, at, type | (2 << 2) | (count << 4) | (size << 18));
        }
    }

    /** Writes the section uncoded; returns the position after it. */
    static int writeRaw(byte[] literals, int count, byte[] out, int at) {
        int start = putPlainHeader(ZstdFormat.LITERALS_RAW, count, out, at);
        System.arraycopy(literals, 0, out, start, count);
        return start + count;
    }

    private static int writeRle(byte literal, int count, byte[] out, int at) {
        int start = putPlainHeader(ZstdFormat.LITERALS_RLE, count, out, at);
        out[start] = literal;
        return start + 1;
    }

    private static int putPlainHeader(int type, int count, byte[] out, int at) {
        if (count < 32) {
            out[at] = (byte) (type | (count << 3));
            return at + 1;
        }
        if (count < 4096) {
            int header = type | (1 << 2) | (count << 4);
            out[at] = (byte) header;
            out[at + 1] = (byte) (header >>> 8);
            return at + 2;
        }
        int header = type | (3 << 2) | (count << 4);
        out[at] = (byte) header;
        out[at + 1] = (byte) (header >>> 8);
        out[at + 2] = (byte) (header >>> 16);
        return at + 3;
    }
}
