package io.trueno.zram.engine.codec.lz4;

import io.trueno.zram.engine.Pages;

/**
 * Numbers of the LZ4 block format, for a block of one page.
 *
 * @see <a href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md">LZ4 block format</a>
 */
final class Lz4Format {
    static final int MIN_MATCH = 4;

    /** A length field of this value continues in further bytes. */
    static final int LONG_LENGTH = 15;

    /** A further length byte of this value continues in the next. */
    static final int MORE = 255;

    /** No match starts in a block's last 12 bytes. */
    static final int MATCH_START_LIMIT = Pages.SIZE - 12;

    /** A block's last 5 bytes are literals. */
    static final int MATCH_END_LIMIT = Pages.SIZE - 5;

    private Lz4Format() {}

    /** Bytes that a length takes beyond its field in the token. */
    static int furtherLengthBytes(int length) {
        return length < LONG_LENGTH ? 0 : (length - LONG_LENGTH) / MORE + 1;
    }
}
