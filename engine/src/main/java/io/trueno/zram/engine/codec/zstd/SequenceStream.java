package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.kernel.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Writes the bitstream of a sequences section (RFC 8878, 3.1.1.3.2.1.2) with three tables that do
 * not change: in one pass, as there is nothing to count and nothing to choose. Immutable, for any
 * number of threads.
 *
 * <p>The tables lie in one native block, as in {@link SearchMemory} and for the same reasons: the
 * next states of all three, and entries by what they are looked up with, which is a length itself,
 * not its code; the power of two of a long length; and the zeros above an offset value.
 *
 * <pre>
 * bits  0.. 7  number of extra bits, which are the low bits of the length or offset value
 * bits  8..19  what leads from the rest of a state to the next, cut to a place among the states
 * bits 20..31  the extra bits themselves, where the length was looked up; or zero
 * bits 32..63  what gives the number of bits of the transition, as in {@link FseEncodingTable}
 * </pre>
 *
 * <p>Why it is safe: the block is filled with checked accesses; lengths are compared before they
 * are places, logarithms and zeros are cut to four and five bits, places of states to the number of
 * places.
 *
 * <p>Nothing in the loop is a call, not even where it is rare: C2 would keep all that lives across
 * it on the stack, through which states would then go from sequence to sequence.
 */
final class SequenceStream {
    private static final ValueLayout.OfChar STATE =
            ValueLayout.JAVA_CHAR.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong ENTRY =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Lengths from these on are looked up by their logarithms. */
    private static final int LITERALS_BY_LENGTH = 64;

    private static final int MATCHES_BY_LENGTH = 128;

    /** What a sequence has none of if both of its lengths are looked up themselves. */
    private static final long LONG =
            (0xFFFF & -LITERALS_BY_LENGTH) | ((0xFFFFL & -MATCHES_BY_LENGTH) << Short.SIZE);

    private static final int DISTANCE_SHIFT = 8;
    private static final int EXTRA_SHIFT = 20;

    private static final int LOGARITHMS = 16;

    private static final int ZEROS = Integer.SIZE;

    // Distances from the start of the block.
    private static final int BY_MATCH = Long.BYTES * (LITERALS_BY_LENGTH + LOGARITHMS);
    private static final int BY_ZEROS = BY_MATCH + Long.BYTES * (MATCHES_BY_LENGTH + LOGARITHMS);
    private static final int STATES = BY_ZEROS + Long.BYTES * ZEROS;

    /** At least as many as three tables have, and a power of two. */
    private static final int STATE_PLACES = 2048;

    private static final int BYTES = STATES + Character.BYTES * STATE_PLACES;

    private final FseEncodingTable literalLengths;
    private final FseEncodingTable matchLengths;
    private final FseEncodingTable offsets;
    private final MemorySegment block = Arena.ofAuto().allocate(BYTES, 64);

    /** Tables that code whatever a page's sequences may need. */
    SequenceStream(
            FseEncodingTable literalLengths,
            FseEncodingTable matchLengths,
            FseEncodingTable offsets) {
        this.literalLengths = literalLengths;
        this.matchLengths = matchLengths;
        this.offsets = offsets;
        int matchPlaces = 1 << literalLengths.log;
        int offsetPlaces = matchPlaces + (1 << matchLengths.log);
        putStates(literalLengths, 0);
        putStates(matchLengths, matchPlaces);
        putStates(offsets, offsetPlaces);
        for (int place = 0; place < LITERALS_BY_LENGTH + LOGARITHMS; place++) {
            int code = SequenceCodes.literalLength(length(place, LITERALS_BY_LENGTH));
            int extraBits = ZstdFormat.LITERAL_LENGTH_BITS[code];
            long extra = extra(place, extraBits, place < LITERALS_BY_LENGTH);
            putEntry(Long.BYTES * place, literalLengths, code, extra, 0);
        }
        for (int place = 0; place < MATCHES_BY_LENGTH + LOGARITHMS; place++) {
            int code = SequenceCodes.matchLength(length(place, MATCHES_BY_LENGTH));
            int extraBits = ZstdFormat.MATCH_LENGTH_BITS[code];
            long extra = extra(place, extraBits, place < MATCHES_BY_LENGTH);
            putEntry(BY_MATCH + Long.BYTES * place, matchLengths, code, extra, matchPlaces);
        }
        for (int zeros = 0; zeros < ZEROS; zeros++) {
            int code = Integer.SIZE - 1 - zeros;
            putEntry(BY_ZEROS + Long.BYTES * zeros, offsets, code, code, offsetPlaces);
        }
    }

    /** A length that is looked up at a place. */
    private static int length(int place, int byLength) {
        return place < byLength ? place : Math.max(byLength, 1 << (place - byLength));
    }

    private void putStates(FseEncodingTable table, int place) {
        char[] states = table.nextStates();
        for (int i = 0; i < 1 << table.log; i++) {
            block.set(STATE, STATES + (long) Character.BYTES * (place + i), states[i]);
        }
    }

    private void putEntry(int at, FseEncodingTable table, int code, long extra, int place) {
        long transform = table.transform(code);
        long distance = (transform + place) & (STATE_PLACES - 1);
        long upper = transform & (-1L << Integer.SIZE);
        block.set(ENTRY, at, upper | (distance << DISTANCE_SHIFT) | extra);
    }

    /** Fields of an entry for a length whose code has {@code bits} extra bits. */
    private static long extra(int length, int bits, boolean byLength) {
        return byLength ? bits | (low(length, bits) << EXTRA_SHIFT) : bits;
    }

    private static long literalsEntry(long base, int place) {
        return RawMemory.getLong(base + (long) Long.BYTES * place);
    }

    private static long matchEntry(long base, int place) {
        return RawMemory.getLong(base + BY_MATCH + (long) Long.BYTES * place);
    }

    private static long offsetEntry(long base, int zeros) {
        return RawMemory.getLong(base + BY_ZEROS + (long) Long.BYTES * zeros);
    }

    private static long low(long value, long bits) {
        return value & ~(-1L << bits);
    }

    private static int transitionBits(int state, long entry) {
        return (state + (int) (entry >>> Integer.SIZE)) >>> Short.SIZE;
    }

    /** The state behind the one whose bits but the lowest, which are written, are {@code rest}. */
    private static int nextState(long base, int rest, long entry) {
        int place = (rest + ((int) entry >>> DISTANCE_SHIFT)) & (STATE_PLACES - 1);
        return (int) RawMemory.getShort(base + STATES + (long) Character.BYTES * place);
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
        long base = RawMemory.address(block.address());
        long sequence = sequences[n - 1];
        int llCode = SequenceCodes.literalLength(SequenceStore.literalLength(sequence));
        int mlCode = SequenceCodes.matchLength(SequenceStore.matchLengthBase(sequence));
        int ofCode = SequenceCodes.offset(SequenceStore.offsetValue(sequence));
        int llState = literalLengths.startState(llCode);
        int mlState = matchLengths.startState(mlCode);
        int ofState = offsets.startState(ofCode);
        int firstLlBits = ZstdFormat.LITERAL_LENGTH_BITS[llCode];
        int mlBits = ZstdFormat.MATCH_LENGTH_BITS[mlCode];
        long accumulator =
                low(SequenceStore.literalLength(sequence), firstLlBits)
                        | low(SequenceStore.matchLengthBase(sequence), mlBits) << firstLlBits
                        | low(SequenceStore.offsetValue(sequence), ofCode)
                                << (firstLlBits + mlBits);
        int pending = firstLlBits + mlBits + ofCode;
        BitWriter.LONG.set(out, at, accumulator);
        at += pending >>> 3;
        accumulator >>>= pending & ~7;
        pending &= 7;
        for (int i = n - 2; i >= 0; i--) {
            sequence = sequences[i];
            int literals = SequenceStore.literalLength(sequence);
            int match = SequenceStore.matchLengthBase(sequence);
            boolean isLong = (sequence & LONG) != 0;
            long ll;
            long ml;
            if (isLong) {
                ll = literalsEntry(base, Math.min(literals, LITERALS_BY_LENGTH - 1));
                if (literals >= LITERALS_BY_LENGTH) {
                    int logarithm = 31 - Integer.numberOfLeadingZeros(literals);
                    ll = literalsEntry(base, LITERALS_BY_LENGTH + (logarithm & (LOGARITHMS - 1)));
                    ll |= low(literals, ll) << EXTRA_SHIFT;
                }
                ml = matchEntry(base, Math.min(match, MATCHES_BY_LENGTH - 1));
                if (match >= MATCHES_BY_LENGTH) {
                    int logarithm = 31 - Integer.numberOfLeadingZeros(match);
                    ml = matchEntry(base, MATCHES_BY_LENGTH + (logarithm & (LOGARITHMS - 1)));
                    ml |= low(match, ml) << EXTRA_SHIFT;
                }
            } else {
                ll = literalsEntry(base, literals);
                ml = matchEntry(base, match);
            }
            int zeros = Long.numberOfLeadingZeros(sequence) & (ZEROS - 1);
            long of = offsetEntry(base, zeros);
            // Put together apart from what is pending, which the next sequence waits for.
            int llBits = (int) ll & 0xFF;
            int extraOfMatch = (int) ml >>> EXTRA_SHIFT;
            long extra = ((int) ll >>> EXTRA_SHIFT) | ((long) extraOfMatch << llBits);
            int extraBits = llBits + ((int) ml & 0xFF);
            extra |= ((sequence ^ (Long.MIN_VALUE >>> zeros)) >>> Integer.SIZE) << extraBits;
            extraBits += Integer.SIZE - 1 - zeros;
            int bits = transitionBits(ofState, of);
            int rest = ofState >>> bits;
            int states = ofState ^ (rest << bits);
            ofState = nextState(base, rest, of);
            int stateBits = bits;
            bits = transitionBits(mlState, ml);
            rest = mlState >>> bits;
            states |= (mlState ^ (rest << bits)) << stateBits;
            mlState = nextState(base, rest, ml);
            stateBits += bits;
            bits = transitionBits(llState, ll);
            rest = llState >>> bits;
            states |= (llState ^ (rest << bits)) << stateBits;
            llState = nextState(base, rest, ll);
            stateBits += bits;
            if (isLong) {
                accumulator |= (long) states << pending;
                pending += stateBits;
                BitWriter.LONG.set(out, at, accumulator);
                at += pending >>> 3;
                accumulator >>>= pending & ~7;
                pending &= 7;
                states = 0;
                stateBits = 0;
            }
            accumulator |= (states | extra << stateBits) << pending;
            pending += stateBits + extraBits;
            BitWriter.LONG.set(out, at, accumulator);
            at += pending >>> 3;
            accumulator >>>= pending & ~7;
            pending &= 7;
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
