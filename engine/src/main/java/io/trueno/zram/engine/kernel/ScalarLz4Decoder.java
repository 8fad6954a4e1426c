package io.trueno.zram.engine.kernel;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;

/** {@link Lz4Decoder} in 8-byte words. */
public enum ScalarLz4Decoder implements Lz4Decoder {
    INSTANCE;

    private static final int MIN_MATCH = 4;
    private static final int LONG_LENGTH = 15;
    private static final int LAST_LITERALS = 5;

    @Override
    public void decode(byte[] packed, int packedLength, byte[] page) {
        int in = 0;
        int out = 0;
        while (true) {
            if (in >= packedLength) {
                throw new CorruptPageException(in, "block ends before its last literals");
            }
            int token = packed[in++] & 0xFF;

            int literals = token >>> 4;
            if (literals == LONG_LENGTH) {
                int more;
                do {
                    more = in < packedLength ? packed[in] & 0xFF : 0;
                    in++;
                    literals += more;
                } while (more == 255);
            }
            if (literals > Pages.SIZE - out || literals > packedLength - in) {
                throw new CorruptPageException(in, "literals leave the block or the page");
            }
            Bytes.copyOver(packed, in, page, out, literals);
            in += literals;
            out += literals;
            if (in == packedLength) {
                if (out != Pages.SIZE) {
                    throw new CorruptPageException(in, "block ends before the page does");
                }
                return;
            }

            int offset = Bytes.getUnsignedShort(packed, in);
            in += Short.BYTES;
            int length = (token & LONG_LENGTH) + MIN_MATCH;
            if (length == LONG_LENGTH + MIN_MATCH) {
                int more;
                do {
                    more = in < packedLength ? packed[in] & 0xFF : 0;
                    in++;
                    length += more;
                } while (more == 255);
            }
            if (offset == 0 || offset > out) {
                throw new CorruptPageException(in, "match starts before the page");
            }
            if (length > Pages.SIZE - LAST_LITERALS - out) {
                throw new CorruptPageException(in, "match leaves no room for the last literals");
            }
            copyMatch(page, out, offset, length);
            out += length;
        }
    }

    private static void copyMatch(byte[] page, int out, int offset, int length) {
        if (offset >= Long.BYTES) {
            Bytes.copyOver(page, out - offset, page, out, length);
            return;
        }
        for (int i = 0; i < length; i++) {
            page[out + i] = page[out - offset + i];
        }
    }
}
