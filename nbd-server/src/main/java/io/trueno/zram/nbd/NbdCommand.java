package io.trueno.zram.nbd;

import static io.trueno.zram.nbd.NbdProtocol.CMD_FLAG_DF;
import static io.trueno.zram.nbd.NbdProtocol.CMD_FLAG_FAST_ZERO;
import static io.trueno.zram.nbd.NbdProtocol.CMD_FLAG_FUA;
import static io.trueno.zram.nbd.NbdProtocol.CMD_FLAG_NO_HOLE;
import static io.trueno.zram.nbd.NbdProtocol.CMD_FLAG_REQ_ONE;

import org.jspecify.annotations.Nullable;

/**
 * The commands with what each may carry; the ordinal is the command's number on the wire.
 *
 * <p>FUA is taken with every command, as the protocol asks of a server that advertises it; it
 * changes nothing where a write is in memory before its reply.
 */
enum NbdCommand {
    READ(CMD_FLAG_FUA | CMD_FLAG_DF, Takes.BOUNDED_RANGE, Does.READS),
    WRITE(CMD_FLAG_FUA, Takes.BOUNDED_RANGE, Does.CHANGES),
    DISCONNECT(0xffff, Takes.NOTHING, Does.READS),
    FLUSH(CMD_FLAG_FUA, Takes.NOTHING, Does.READS),
    TRIM(CMD_FLAG_FUA, Takes.RANGE, Does.CHANGES),
    CACHE(CMD_FLAG_FUA, Takes.RANGE, Does.READS),
    WRITE_ZEROES(CMD_FLAG_FUA | CMD_FLAG_NO_HOLE | CMD_FLAG_FAST_ZERO, Takes.RANGE, Does.CHANGES),
    BLOCK_STATUS(CMD_FLAG_FUA | CMD_FLAG_REQ_ONE, Takes.RANGE, Does.READS);

    /** What offset and length mean. */
    private enum Takes {
        NOTHING,
        /** A range of the device, of any length. */
        RANGE,
        /** A range whose bytes travel, so that the length is limited. */
        BOUNDED_RANGE
    }

    private enum Does {
        READS,
        CHANGES
    }

    private static final NbdCommand[] BY_NUMBER = values();

    private final int allowedFlags;
    private final Takes takes;
    private final Does does;

    NbdCommand(int allowedFlags, Takes takes, Does does) {
        this.allowedFlags = allowedFlags;
        this.takes = takes;
        this.does = does;
    }

    /** The command of this number, null if there is none. */
    static @Nullable NbdCommand of(int number) {
        return number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }

    boolean allows(int flags) {
        return (flags & ~allowedFlags) == 0;
    }

    boolean takesRange() {
        return takes != Takes.NOTHING;
    }

    boolean lengthIsLimited() {
        return takes == Takes.BOUNDED_RANGE;
    }

    boolean changesTheDevice() {
        return does == Does.CHANGES;
    }
}
