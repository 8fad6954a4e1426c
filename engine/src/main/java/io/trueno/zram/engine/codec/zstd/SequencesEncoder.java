package io.trueno.zram.engine.codec.zstd;

/**
 * Writes the sequences section of a block (RFC 8878, 3.1.1.3.2). Not thread-safe.
 *
 * <p>Of one page, literal and match lengths together are at most 4096, so their extra bits are at
 * most 21; an offset into the page or 64 KiB before it takes at most 17. With at most 7 pending
 * bits that fits the accumulator, and so do three transitions of at most 9 bits each.
 */
final class SequencesEncoder {
    private static final FseEncodingTable PREDEFINED_LITERAL_LENGTHS =
            FseEncodingTable.of(
                    ZstdFormat.DEFAULT_LITERAL_LENGTHS, ZstdFormat.DEFAULT_LITERAL_LENGTH_LOG);
    private static final FseEncodingTable PREDEFINED_MATCH_LENGTHS =
            FseEncodingTable.of(
                    ZstdFormat.DEFAULT_MATCH_LENGTHS, ZstdFormat.DEFAULT_MATCH_LENGTH_LOG);
    private static final FseEncodingTable PREDEFINED_OFFSETS =
            FseEncodingTable.of(ZstdFormat.DEFAULT_OFFSETS, ZstdFormat.DEFAULT_OFFSET_LOG);

    private final SequenceTable literalLengths =
            new SequenceTable(PREDEFINED_LITERAL_LENGTHS, null);
    private final SequenceTable matchLengths = new SequenceTable(PREDEFINED_MATCH_LENGTHS, null);
    private final SequenceTable offsets = new SequenceTable(PREDEFINED_OFFSETS, null);

    /** Per sequence: literal length, match length and offset code in one byte each, from below. */
    private final int[] codes = new int[SequenceStore.MAX_SEQUENCES];

    /**
     * Upper bound of what {@link #write} writes for that many sequences, slack included: three
     * descriptions, and per sequence three transitions and all extra bits.
     */
    static int maxBytes(int sequences) {
        return 256 + sequences * 9;
    }

    /** Writes the section at {@code at}; returns the position after it. */
    int write(SequenceStore store, byte[] out, int at) {
        int n = store.sequenceCount;
        at = putCount(n, out, at);
        if (n == 0) {
            return at;
        }
        int modes = at++;
        at = chooseTables(store.sequences, n, out, at);
        out[modes] =
                (byte)
                        ((literalLengths.mode << 6)
                                | (offsets.mode << 4)
                                | (matchLengths.mode << 2));
        return writeStream(store.sequences, n, out, at);
    }

    private static int putCount(int n, byte[] out, int at) {
        if (n < 128) {
            out[at] = (byte) n;
            return at + 1;
        }
        out[at] = (byte) ((n >>> 8) + 128);
        out[at + 1] = (byte) n;
        return at + 2;
    }

    private int chooseTables(long[] sequences, int n, byte[] out, int at) {
        int[] literalLengthCounts = literalLengths.counts;
        int[] matchLengthCounts = matchLengths.counts;
        int[] offsetCounts = offsets.counts;
        int[] codes = this.codes;
        long literalLengthCodes = 0;
        long matchLengthCodes = 0;
        long offsetCodes = 0;
        for (int i = 0; i < n; i++) {
            long sequence = sequences[i];
            int l = SequenceCodes.literalLength(SequenceStore.literalLength(sequence));
            int m = SequenceCodes.matchLength(SequenceStore.matchLengthBase(sequence));
            int o = SequenceCodes.offset(SequenceStore.offsetValue(sequence));
            literalLengthCounts[l & (literalLengthCounts.length - 1)]++;
            matchLengthCounts[m & (matchLengthCounts.length - 1)]++;
            offsetCounts[o & (offsetCounts.length - 1)]++;
            literalLengthCodes |= 1L << l;
            matchLengthCodes |= 1L << m;
            offsetCodes |= 1L << o;
            codes[i] = l | (m << 8) | (o << 16);
        }
        at = literalLengths.choose(n, literalLengthCodes, out, at);
        at = offsets.choose(n, offsetCodes, out, at);
        return matchLengths.choose(n, matchLengthCodes, out, at);
    }

    /** The bitstream, last sequence first (RFC 8878, 3.1.1.3.2.1.2). */
    private int writeStream(long[] sequences, int n, byte[] out, int at) {
        FseEncodingTable ll = literalLengths.chosen;
        FseEncodingTable ml = matchLengths.chosen;
        FseEncodingTable of = offsets.chosen;
        int code = codes[n - 1];
        int llState = ll.startState(code & 0xFF);
        int mlState = ml.startState((code >>> 8) & 0xFF);
        int ofState = of.startState(code >>> 16);
        long accumulator = 0;
        int pending = 0;
        for (int i = n - 1; ; ) {
            long sequence = sequences[i];
            int width = ZstdFormat.LITERAL_LENGTH_BITS[code & 0xFF];
            accumulator |= (sequence & ((1L << width) - 1)) << pending;
            pending += width;
            width = ZstdFormat.MATCH_LENGTH_BITS[(code >>> 8) & 0xFF];
            accumulator |= ((sequence >>> 16) & ((1L << width) - 1)) << pending;
            pending += width;
            width = code >>> 16;
            accumulator |= ((sequence >>> 32) & ((1L << width) - 1)) << pending;
            pending += width;
            BitWriter.LONG.set(out, at, accumulator);
            at += pending >>> 3;
            accumulator >>>= pending & ~7;
            pending &= 7;
            if (--i < 0) {
                break;
            }
            code = codes[i];
            long transform = of.transform(code >>> 16);
            width = FseEncodingTable.bits(transform, ofState);
            accumulator |= (long) (ofState & ((1 << width) - 1)) << pending;
            pending += width;
            ofState = of.next(transform, ofState, width);
            transform = ml.transform((code >>> 8) & 0xFF);
            width = FseEncodingTable.bits(transform, mlState);
            accumulator |= (long) (mlState & ((1 << width) - 1)) << pending;
            pending += width;
            mlState = ml.next(transform, mlState, width);
            transform = ll.transform(code & 0xFF);
            width = FseEncodingTable.bits(transform, llState);
            accumulator |= (long) (llState & ((1 << width) - 1)) << pending;
            pending += width;
            llState = ll.next(transform, llState, width);
            BitWriter.LONG.set(out, at, accumulator);
            at += pending >>> 3;
            accumulator >>>= pending & ~7;
            pending &= 7;
        }
        accumulator |= (long) (mlState & ((1 << ml.log) - 1)) << pending;
        pending += ml.log;
        accumulator |= (long) (ofState & ((1 << of.log) - 1)) << pending;
        pending += of.log;
        accumulator |= (long) (llState & ((1 << ll.log) - 1)) << pending;
        pending += ll.log;
        accumulator |= 1L << pending;
        pending++;
        BitWriter.LONG.set(out, at, accumulator);
        return at + ((pending + 7) >>> 3);
    }
}
