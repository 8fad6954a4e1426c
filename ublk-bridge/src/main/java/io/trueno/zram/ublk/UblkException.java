package io.trueno.zram.ublk;

/** A device cannot be served or changed. The message is one line for people and says what to do. */
public final class UblkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UblkException(String message) {
        super(message);
    }

    UblkException(String message, Throwable cause) {
        super(message, cause);
    }
}
