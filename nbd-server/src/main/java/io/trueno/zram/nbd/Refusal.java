package io.trueno.zram.nbd;

/** Why a request is not executed: what the client's program is told, and what its reader is. */
enum Refusal {
    UNKNOWN_COMMAND(NbdError.EINVAL, "unknown command"),
    BAD_FLAGS(NbdError.EINVAL, "command flag unknown or not valid with this command"),
    READ_ONLY(NbdError.EPERM, "export is read-only"),
    ZERO_LENGTH(NbdError.EINVAL, "length is zero"),
    TOO_LONG(NbdError.EINVAL, "length is above the maximum block size"),
    OUT_OF_RANGE(NbdError.EINVAL, "range leaves the device"),
    NO_ROOM_PAST_END(NbdError.ENOSPC, "range leaves the device"),
    UNEXPECTED_RANGE(NbdError.EINVAL, "flush takes neither offset nor length"),
    DF_NOT_NEGOTIATED(NbdError.EINVAL, "DF needs structured replies"),
    NO_CONTEXT(NbdError.EINVAL, "block status needs a negotiated metadata context");

    private final NbdError error;
    private final String message;

    Refusal(NbdError error, String message) {
        this.error = error;
        this.message = message;
    }

    NbdError error() {
        return error;
    }

    String message() {
        return message;
    }
}
