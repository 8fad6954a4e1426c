package io.trueno.zram.engine.codec.zstd;

import java.util.Arrays;

/**
 * Writes the literals section of a block (RFC 8878, 3.1.1.3.1): raw, one repeated byte, Huffman
 * coded with a table of its own, or with the dictionary's; the shortest by count. Not thread-safe.
 */
final class LiteralsEncoder {
    /** Fewer literals than this are not worth a table of their own. */
    private static final int MIN_OWN_TABLE = 32;

    private final int singleStreamMax;
    private final int[] counts = new int[256];
    private final int[] moreCounts = new int[3 * 256];
    private final HuffmanEncoderTable own = new HuffmanEncoderTable();
    private final HuffmanEncoderWeights weights = new HuffmanEncoderWeights();

    /**
     * @param singleStreamMax up to this many literals go in one stream, which is shorter to store
     *     and slower to decode; at most 1023
     */
    LiteralsEncoder(int singleStreamMax) {
        this.singleStreamMax = singleStreamMax;
    }

    /** Writes the section at {@code at}; returns the position after it. */
    int write(byte[] literals, int count, byte[] out, int at) {
        if (count < MIN_OWN_TABLE) {
            return writeRaw(literals, count, out, at);
        }
        int largest = countLiterals(literals, count);
        if (largest == count) {
            return writeRle(literals[0], count, out, at);
        }
        int gain = (count >> 6) + 2;
        if (estimate(count) + 24 + gain >= count) {
            return writeRaw(literals, count, out, at);
        }
        own.build(counts, count, codeLimit(count));
        int headerBytes = headerBytes(count);
        int streams = weights.write(own, out, at + headerBytes);
        if (streams == HuffmanEncoderWeights.NOT_DESCRIBABLE) {
            return writeRaw(literals, count, out, at);
        }
        int end = writeStreams(literals, count, own.codes, out, streams);
        int size = end - at - headerBytes;
        if (size + gain >= count) {
            return writeRaw(literals, count, out, at);
        }
        putHeader(ZstdFormat.LITERALS_COMPRESSED, count, size, out, at);
        return end;
    }

    private static int codeLimit(int count) {
        int log = 31 - Integer.numberOfLeadingZeros(count);
        return Math.clamp(log + 1, 8, ZstdFormat.MAX_HUFFMAN_BITS);
    }

    /** Bytes of the literals at their entropy. */
    private int estimate(int count) {
        int sum = 0;
        for (int c : counts) {
            sum += c * BitCost.log2(c);
        }
        return BitCost.bytes(count * BitCost.log2(count) - sum);
    }

    private int countLiterals(byte[] literals, int count) {
        int[] a = counts;
        int[] b = moreCounts;
        Arrays.fill(a, 0);
        Arrays.fill(b, 0);
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            int word = (int) BitWriter.INT.get(literals, i);
            a[word & 0xFF]++;
            b[(word >>> 8) & 0xFF]++;
            b[((word >>> 16) & 0xFF) + 256]++;
            b[(word >>> 24) + 512]++;
        }
        for (; i < count; i++) {
            a[literals[i] & 0xFF]++;
        }
        int largest = 0;
        for (int s = 0; s < 256; s++) {
            int sum = a[s] + b[s] + b[s + 256] + b[s + 512];
            a[s] = sum;
            largest = Math.max(largest, sum);
        }
        return largest;
    }

    private int writeStreams(byte[] literals, int count, int[] codes, byte[] out, int at) {
        return count <= singleStreamMax
                ? HuffmanEncoderStream.write(literals, 0, count, codes, out, at)
                : HuffmanEncoderStream.writeFour(literals, count, codes, out, at);
    }

    private static int headerBytes(int count) {
        return count < 1024 ? 3 : 4;
    }

    /** Type, size format and both sizes (RFC 8878, 3.1.1.3.1.1). */
    private void putHeader(int type, int count, int size, byte[] out, int at) {
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

    private static int writeRaw(byte[] literals, int count, byte[] out, int at) {
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
