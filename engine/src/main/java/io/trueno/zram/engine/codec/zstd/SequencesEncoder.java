package io.trueno.zram.engine.codec.zstd;

import org.jspecify.annotations.Nullable;

/**
 * Writes the sequences section of a block (RFC 8878, 3.1.1.3.2). Not thread-safe.
 *
 * <p>Of one page, literal and match lengths together are at most 4096, so their extra bits are at
 * most 21; an offset takes at most 12; and three transitions take at most 6 each. With 7 pending
 * bits that fits the accumulator, so bytes are moved once per sequence. With a dictionary, offsets
 * take up to 16 bits and transitions up to 9, so bytes are moved twice.
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

    /** Modes of the tables when all three are the dictionary's. */
    private static final int ALL_REPEATED =
            (ZstdFormat.MODE_REPEAT << 6)
                    | (ZstdFormat.MODE_REPEAT << 4)
                    | (ZstdFormat.MODE_REPEAT << 2);

    /**
     * Sequences that take no more bits than this with the dictionary's tables are so regular that
     * tables of their own are worth the time.
     */
    private static final int REGULAR_BITS = 8;

    private final SequenceTable literalLengths;
    private final SequenceTable matchLengths;
    private final SequenceTable offsets;

    /** Whether codes and extra bits of one sequence may be too long to be written at once. */
    private final boolean longCodes;

    /** The dictionary's tables, if they are used without counting. */
    private final @Nullable SequenceStream trusted;

    /** Per sequence: literal length, match length and offset code in one byte each, from below. */
    private final int[] codes = new int[SequenceStore.MAX_SEQUENCES];

    /**
     * An encoder for single blocks.
     *
     * @param trusting whether to use the dictionary's tables without counting, which is quick
     * @param lengthsWorth what a table of lengths of its own has to save per sequence, in {@link
     *     BitCost} units; 0 when it need not save more than its description
     */
    static SequencesEncoder quick(
            @Nullable PreparedDictionary dictionary, boolean trusting, int lengthsWorth) {
        return new SequencesEncoder(
                dictionary,
                false,
                trusting && dictionary != null ? dictionary.sequences : null,
                lengthsWorth);
    }

    /**
     * An encoder that looks for the shortest tables, which takes several times as long, and repeats
     * those of the block before; then blocks may refer to blocks before them.
     */
    static SequencesEncoder dense(@Nullable PreparedDictionary dictionary) {
        return new SequencesEncoder(dictionary, true, null, 0);
    }

    private SequencesEncoder(
            @Nullable PreparedDictionary dictionary,
            boolean dense,
            @Nullable SequenceStream trusted,
            int lengthsWorth) {
        this.trusted = trusted;
        longCodes = dictionary != null || dense;
        literalLengths =
                new SequenceTable(
                        PREDEFINED_LITERAL_LENGTHS,
                        dictionary == null ? null : dictionary.literalLengths,
                        dense ? ZstdFormat.MAX_LITERAL_LENGTH_LOG : SequenceTable.QUICK,
                        lengthsWorth);
        matchLengths =
                new SequenceTable(
                        PREDEFINED_MATCH_LENGTHS,
                        dictionary == null ? null : dictionary.matchLengths,
                        dense ? ZstdFormat.MAX_MATCH_LENGTH_LOG : SequenceTable.QUICK,
                        lengthsWorth);
        offsets =
                new SequenceTable(
                        PREDEFINED_OFFSETS,
                        dictionary == null ? null : dictionary.offsets,
                        dense ? ZstdFormat.MAX_OFFSET_LOG : SequenceTable.QUICK,
                        0);
    }

    /**
     * Upper bound of what {@link #write} writes for that many sequences, slack included: three
     * descriptions, and per sequence three transitions and all extra bits.
     */
    static int maxBytes(int sequences) {
        return 256 + sequences * 10;
    }

    /** Writes the section at {@code at}; returns the position after it. */
    int write(SequenceStore store, byte[] out, int at) {
        int n = store.sequenceCount;
        if (trusted != null) {
            int end = writeRepeated(trusted, store, out, at);
            if ((end - at) * Byte.SIZE > REGULAR_BITS * n) {
                return end;
            }
        }
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

    /** Writes the section with a dictionary's tables; returns the position after it. */
    static int writeRepeated(SequenceStream tables, SequenceStore store, byte[] out, int at) {
        int n = store.sequenceCount;
        at = putCount(n, out, at);
        if (n == 0) {
            return at;
        }
        out[at] = (byte) ALL_REPEATED;
        return tables.write(store.sequences, n, out, at + 1);
    }

    /** Forgets the tables of the last frame. */
    void startFrame() {
        literalLengths.startFrame();
        matchLengths.startFrame();
        offsets.startFrame();
    }

    /** Remembers that what {@link #write} wrote last is in the frame, for the next block. */
    void endBlock(SequenceStore store) {
        if (store.sequenceCount > 0) {
            literalLengths.endBlock();
            matchLengths.endBlock();
            offsets.endBlock();
        }
    }

    /** Sets prices to those of a block's tables before anything is known of its sequences. */
    void priceAtFirst(DensePrices prices) {
        literalLengths.chooseAtFirst();
        matchLengths.chooseAtFirst();
        offsets.chooseAtFirst();
        prices.set(literalLengths, matchLengths, offsets);
    }

    /**
     * Sets prices to those of the tables that {@link #write} would choose for these sequences.
     *
     * @param scratch room for descriptions
     */
    void price(SequenceStore store, DensePrices prices, byte[] scratch) {
        if (store.sequenceCount > 0) {
            chooseTables(store.sequences, store.sequenceCount, scratch, 0);
            prices.set(literalLengths, matchLengths, offsets);
        }
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

    /** Counts the codes in two sets by turns, since neighbours are often equal and would wait. */
    private int chooseTables(long[] sequences, int n, byte[] out, int at) {
        int[] literalLengthCounts = literalLengths.counts;
        int[] matchLengthCounts = matchLengths.counts;
        int[] offsetCounts = offsets.counts;
        int[] codes = this.codes;
        long literalLengthCodes = 0;
        long matchLengthCodes = 0;
        long offsetCodes = 0;
        int set = 0;
        for (int i = 0; i < n; i++) {
            long sequence = sequences[i];
            int l = SequenceCodes.literalLength(SequenceStore.literalLength(sequence));
            int m = SequenceCodes.matchLength(SequenceStore.matchLengthBase(sequence));
            int o = SequenceCodes.offset(SequenceStore.offsetValue(sequence));
            literalLengthCounts[(l + set) & (literalLengthCounts.length - 1)]++;
            matchLengthCounts[(m + set) & (matchLengthCounts.length - 1)]++;
            offsetCounts[(o + set) & (offsetCounts.length - 1)]++;
            literalLengthCodes |= 1L << l;
            matchLengthCodes |= 1L << m;
            offsetCodes |= 1L << o;
            codes[i] = l | (m << 8) | (o << 16);
            set ^= FseEncodingTable.MAX_SYMBOLS;
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
        int[] codes = this.codes;
        int code = codes[n - 1];
        int llState = ll.startState(code & 0xFF);
        int mlState = ml.startState((code >>> 8) & 0xFF);
        int ofState = of.startState(code >>> 16);
        int pending = extraWidth(code);
        long accumulator = extraBits(sequences[n - 1], code);
        BitWriter.LONG.set(out, at, accumulator);
        at += pending >>> 3;
        accumulator >>>= pending & ~7;
        pending &= 7;
        for (int i = n - 2; i >= 0; i--) {
            code = codes[i];
            long transform = of.transform(code >>> 16);
            int bits = FseEncodingTable.bits(transform, ofState);
            int rest = ofState >>> bits;
            accumulator |= (long) (ofState ^ (rest << bits)) << pending;
            pending += bits;
            ofState = of.next(transform, rest);
            transform = ml.transform((code >>> 8) & 0xFF);
            bits = FseEncodingTable.bits(transform, mlState);
            rest = mlState >>> bits;
            accumulator |= (long) (mlState ^ (rest << bits)) << pending;
            pending += bits;
            mlState = ml.next(transform, rest);
            transform = ll.transform(code & 0xFF);
            bits = FseEncodingTable.bits(transform, llState);
            rest = llState >>> bits;
            accumulator |= (long) (llState ^ (rest << bits)) << pending;
            pending += bits;
            llState = ll.next(transform, rest);
            if (longCodes) {
                BitWriter.LONG.set(out, at, accumulator);
                at += pending >>> 3;
                accumulator >>>= pending & ~7;
                pending &= 7;
            }
            accumulator |= extraBits(sequences[i], code) << pending;
            pending += extraWidth(code);
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
        BitWriter.LONG.set(out, at, accumulator);
        return at + ((pending + 8) >>> 3);
    }

    private static int extraWidth(int code) {
        return ZstdFormat.LITERAL_LENGTH_BITS[code & 0xFF]
                + ZstdFormat.MATCH_LENGTH_BITS[(code >>> 8) & 0xFF]
                + (code >>> 16);
    }

    /** Extra bits of literal length, match length and offset, in that order from the low end. */
    private static long extraBits(long sequence, int code) {
        int llWidth = ZstdFormat.LITERAL_LENGTH_BITS[code & 0xFF];
        int mlWidth = ZstdFormat.MATCH_LENGTH_BITS[(code >>> 8) & 0xFF];
        // Every base is a multiple of the range behind it, so extra bits are the value's low bits.
        long ll = sequence & ((1L << llWidth) - 1);
        long ml = (sequence >>> 16) & ((1L << mlWidth) - 1);
        long of = (sequence >>> 32) ^ (1L << (code >>> 16));
        return ll | (ml << llWidth) | (of << (llWidth + mlWidth));
    }
}
