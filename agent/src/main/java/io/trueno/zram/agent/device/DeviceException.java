package io.trueno.zram.agent.device;

import org.jspecify.annotations.Nullable;

/**
 * A request about a device is refused or failed. The message is one line for people and says what
 * to do.
 */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why, for protocols to map. */
    public enum Kind {
        /** The request cannot be met as it stands. */
        BAD_REQUEST,
        /** There is no such device. */
        NOT_FOUND,
        /** The device is there already, or in use. */
        CONFLICT,
        /** The machine did not play along. */
        FAILED
    }

    private final Kind kind;

    public DeviceException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public DeviceException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** A request that cannot be met as it stands. */
    static DeviceException badRequest(@Nullable String message) {
        return new DeviceException(Kind.BAD_REQUEST, String.valueOf(message));
    }

    public Kind kind() {
        return kind;
    }
}
