package io.trueno.zram.engine;

/** Compressed bytes do not decode to a page. Carries where the decoder stopped. */
public final class CorruptPageException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int offset;

    /**
     * @param offset of the first byte that does not fit, from the start of the compressed bytes
     * @param reason what is wrong there, for people; no page content
     */
    public CorruptPageException(int offset, String reason) {
        super("corrupt page: " + reason + ", offset=" + offset, null, false, false);
        this.offset = offset;
    }

    /** Offset in bytes of the first compressed byte that does not fit. */
    public int offset() {
        return offset;
    }
}
