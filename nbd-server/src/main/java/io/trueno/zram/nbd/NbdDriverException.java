package io.trueno.zram.nbd;

/** The kernel's nbd driver is not there, or refuses; the message says what to do. */
public final class NbdDriverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NbdDriverException(String message) {
        super(message);
    }

    NbdDriverException(String message, Throwable cause) {
        super(message, cause);
    }
}
