package io.trueno.zram.engine.codec.zstd;

/**
 * Writes the bitstream of a sequences section (RFC 8878, 3.1.1.3.2.1.2) with three tables that do
 * not change: in one pass, as there is nothing to count and nothing to choose. Immutable, for any
 * number of threads.
 *
 * <p>What a length needs is looked up by the length itself, not by its code:
 *
 * <pre>
 * bits  0.. 7  number of extra bits, which are the low bits of the length or offset value
 * bits 16..31  distance of the next state, signed, as in {@link FseEncodingTable#transform}
 * bits 32..63  what gives the number of bits of the transition, as there
 * </pre>
 */
final class SequenceStream {
    /** Lengths from these on are rare and looked up by their codes. */
    private static final int LITERALS_BY_LENGTH = 64;

    private static final int MATCHES_BY_LENGTH = 128;

    private final FseEncodingTable literalLengths;
    private final FseEncodingTable matchLengths;
    private final FseEncodingTable offsets;
    private final long[] byLiterals = new long[LITERALS_BY_LENGTH];
    private final long[] byMatch = new long[MATCHES_BY_LENGTH];

    /** By the number of zero bits above an offset value of 32 bits. */
    private final long[] byOffset = new long[Integer.SIZE];

    /** Tables that code whatever a page's sequences may need. */
    SequenceStream(
            FseEncodingTable literalLengths,
            FseEncodingTable matchLengths,
            FseEncodingTable offsets) {
        this.literalLengths = literalLengths;
        this.matchLengths = matchLengths;
        this.offsets = offsets;
        for (int length = 0; length < LITERALS_BY_LENGTH; length++) {
            byLiterals[length] = forLiterals(length);
        }
        for (int length = 0; length < MATCHES_BY_LENGTH; length++) {
            byMatch[length] = forMatch(length);
        }
        for (int zeros = 0; zeros < Integer.SIZE; zeros++) {
            int code = Integer.SIZE - 1 - zeros;
            byOffset[zeros] = entry(offsets, code, code);
        }
    }

    private static long entry(FseEncodingTable table, int code, int extraBits) {
        long transform = table.transform(code);
        return (transform & (-1L << Integer.SIZE)) | ((transform & 0xFFFF) << 16) | extraBits;
    }

    private long forLiterals(int length) {
        int code = SequenceCodes.literalLength(length);
        return entry(literalLengths, code, ZstdFormat.LITERAL_LENGTH_BITS[code]);
    }

    private long forMatch(int lengthBase) {
        int code = SequenceCodes.matchLength(lengthBase);
        return entry(matchLengths, code, ZstdFormat.MATCH_LENGTH_BITS[code]);
    }

    private static long low(long value, long bits) {
        return value & ~(-1L << bits);
    }

    private static int transitionBits(int state, long entry) {
        return (state + (int) (entry >>> Integer.SIZE)) >>> 16;
    }

    private static int nextState(char[] states, int state, int bits, long entry) {
        return states[((state >>> bits) + (short) (entry >>> 16)) & (states.length - 1)];
    }

    /**
     * Writes the stream.
     *
     * @param sequences as in {@link SequenceStore}
     * @param n how many, at least 1
     * @param out needs {@link SequencesEncoder#maxBytes} from {@code at} on
     * @return the position after the stream
     */
    int write(long[] sequences, int n, byte[] out, int at) {
        char[] literalStates = literalLengths.nextStates();
        char[] matchStates = matchLengths.nextStates();
        char[] offsetStates = offsets.nextStates();
        long sequence = sequences[n - 1];
        int llState =
                literalLengths.startState(
                        SequenceCodes.literalLength(SequenceStore.literalLength(sequence)));
        int mlState =
                matchLengths.startState(
                        SequenceCodes.matchLength(SequenceStore.matchLengthBase(sequence)));
        int ofState = offsets.startState(SequenceCodes.offset(SequenceStore.offsetValue(sequence)));
        long accumulator = 0;
        int pending = 0;
        int i = n - 1;
        while (true) {
            int literals = SequenceStore.literalLength(sequence);
            int match = SequenceStore.matchLengthBase(sequence);
            long ll;
            long ml;
            long of = byOffset[Long.numberOfLeadingZeros(sequence) & (Integer.SIZE - 1)];
            boolean isLong = literals >= LITERALS_BY_LENGTH || match >= MATCHES_BY_LENGTH;
            if (isLong) {
                ll = forLiterals(literals);
                ml = forMatch(match);
            } else {
                ll = byLiterals[literals];
                ml = byMatch[match];
            }
            if (i < n - 1) {
                int bits = transitionBits(ofState, of);
                accumulator |= low(ofState, bits) << pending;
                pending += bits;
                ofState = nextState(offsetStates, ofState, bits, of);
                bits = transitionBits(mlState, ml);
                accumulator |= low(mlState, bits) << pending;
                pending += bits;
                mlState = nextState(matchStates, mlState, bits, ml);
                bits = transitionBits(llState, ll);
                accumulator |= low(llState, bits) << pending;
                pending += bits;
                llState = nextState(literalStates, llState, bits, ll);
            }
            if (isLong) {
                BitWriter.LONG.set(out, at, accumulator);
                at += pending >>> 3;
                accumulator >>>= pending & ~7;
                pending &= 7;
            }
            accumulator |= low(literals, ll) << pending;
            pending += (int) ll & 0xFF;
            accumulator |= low(match, ml) << pending;
            pending += (int) ml & 0xFF;
            accumulator |= low(sequence >>> Integer.SIZE, of) << pending;
            pending += (int) of & 0xFF;
            BitWriter.LONG.set(out, at, accumulator);
            at += pending >>> 3;
            accumulator >>>= pending & ~7;
            pending &= 7;
            if (--i < 0) {
                break;
            }
            sequence = sequences[i];
        }
        return end(mlState, ofState, llState, accumulator, pending, out, at);
    }

    private int end(
            int mlState,
            int ofState,
            int llState,
            long accumulator,
            int pending,
            byte[] out,
            int at) {
        accumulator |= low(mlState, matchLengths.log) << pending;
        pending += matchLengths.log;
        accumulator |= low(ofState, offsets.log) << pending;
        pending += offsets.log;
        accumulator |= low(llState, literalLengths.log) << pending;
        pending += literalLengths.log;
        accumulator |= 1L << pending;
        BitWriter.LONG.set(out, at, accumulator);
        return at + ((pending + 8) >>> 3);
    }
}
