package io.trueno.zram.nbd;

import io.trueno.zram.engine.BlockDevice;
import java.nio.charset.StandardCharsets;

/**
 * A device under the name that clients ask for.
 *
 * @param name 1 to 4096 bytes of UTF-8, without NUL
 * @param description for people; up to 4096 bytes of UTF-8
 * @param device stays its owner's
 * @param readOnly whether writes, trims and zero writes are refused
 * @param counters of this export
 */
record Export(
        String name,
        String description,
        BlockDevice device,
        boolean readOnly,
        NbdCounters counters) {

    Export {
        requireProtocolString("export name", name);
        requireProtocolString("export description", description);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("export name is empty");
        }
    }

    private static void requireProtocolString(String what, String text) {
        if (text.indexOf('\0') >= 0
                || text.getBytes(StandardCharsets.UTF_8).length > NbdProtocol.MAX_STRING_BYTES) {
            throw new IllegalArgumentException(
                    what + " must be at most 4096 bytes of UTF-8 without NUL");
        }
    }

    /**
     * The transmission flags. Several connections are safe together because a write is visible to
     * all of them before its reply.
     *
     * @param structured whether structured replies are negotiated, without which DF means nothing
     */
    int transmissionFlags(boolean structured) {
        int flags =
                NbdProtocol.SEND_HAS_FLAGS
                        | NbdProtocol.SEND_FLUSH
                        | NbdProtocol.SEND_FUA
                        | NbdProtocol.SEND_CACHE
                        | NbdProtocol.CAN_MULTI_CONN;
        if (structured) {
            flags |= NbdProtocol.SEND_DF;
        }
        return readOnly
                ? flags | NbdProtocol.SEND_READ_ONLY
                : flags
                        | NbdProtocol.SEND_TRIM
                        | NbdProtocol.SEND_WRITE_ZEROES
                        | NbdProtocol.SEND_FAST_ZERO;
    }
}
