package io.trueno.zram.engine.codec.zstd;

/**
 * Codes of literal lengths, match lengths and offsets (RFC 8878, 3.1.1.3.2.1.1).
 *
 * <p>Logarithms of long lengths are not a method: C2 inlines no call that is rare, and a call costs
 * the whole loop around it its registers.
 */
final class SequenceCodes {
    private static final int TABLE_LITERALS = 64;
    private static final int TABLE_MATCHES = 128;
    private static final byte[] LITERAL_LENGTH = new byte[TABLE_LITERALS];
    private static final byte[] MATCH_LENGTH = new byte[TABLE_MATCHES];

    static {
        fill(LITERAL_LENGTH, ZstdFormat.LITERAL_LENGTH_BASE, 0);
        fill(MATCH_LENGTH, ZstdFormat.MATCH_LENGTH_BASE, ZstdFormat.MIN_MATCH);
    }

    private SequenceCodes() {}

    private static void fill(byte[] codes, int[] bases, int least) {
        int code = 0;
        for (int i = 0; i < codes.length; i++) {
            while (bases[code + 1] <= i + least) {
                code++;
            }
            codes[i] = (byte) code;
        }
    }

    static int literalLength(int length) {
        // From 64 on, every code spans one power of two.
        return length < TABLE_LITERALS
                ? LITERAL_LENGTH[length]
                : 31 - Integer.numberOfLeadingZeros(length) + 19;
    }

    /** Code of a match of {@code lengthBase + 3} bytes. */
    static int matchLength(int lengthBase) {
        return lengthBase < TABLE_MATCHES
                ? MATCH_LENGTH[lengthBase]
                : 31 - Integer.numberOfLeadingZeros(lengthBase) + 36;
    }

    static int offset(int offsetValue) {
        return 31 - Integer.numberOfLeadingZeros(offsetValue);
    }
}
