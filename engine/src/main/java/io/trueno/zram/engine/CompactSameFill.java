package io.trueno.zram.engine;

import java.util.Optional;

/**
 * A page that is one byte repeated 4096 times, in two bytes.
 *
 * <table>
 * <caption>Packed form</caption>
 * <tr><th>byte</th><th>content</th></tr>
 * <tr><td>0</td><td>{@link #MARKER}</td></tr>
 * <tr><td>1</td><td>the byte that fills the page</td></tr>
 * </table>
 *
 * @param fill the byte that fills the page
 */
public record CompactSameFill(byte fill) {
    /** First byte of the packed form: {@code 'S'}. */
    public static final byte MARKER = 0x53;

    /** Length of the packed form in bytes. */
    public static final int PACKED_BYTES = 2;

    private static final long EVERY_BYTE = 0x0101010101010101L;

    /** The compact form of a same-filled page's word; empty if the word's bytes differ. */
    public static Optional<CompactSameFill> ofWord(long word) {
        return Long.rotateLeft(word, Byte.SIZE) == word
                ? Optional.of(new CompactSameFill((byte) word))
                : Optional.empty();
    }

    /** The word that fills the page, for {@link SameFill#expand}. */
    public long word() {
        return (fill & 0xFF) * EVERY_BYTE;
    }

    /** The packed form, in a new array. */
    public byte[] toBytes() {
        return new byte[] {MARKER, fill};
    }

    /**
     * Reads the packed form.
     *
     * @throws CorruptPageException if {@code packed} is not two bytes of which the first is {@link
     *     #MARKER}
     */
    public static CompactSameFill fromBytes(byte[] packed) {
        if (packed.length != PACKED_BYTES) {
            throw new CorruptPageException(
                    Math.min(packed.length, PACKED_BYTES), "a compact same-fill has 2 bytes");
        }
        if (packed[0] != MARKER) {
            throw new CorruptPageException(0, "no compact same-fill marker");
        }
        return new CompactSameFill(packed[1]);
    }
}
