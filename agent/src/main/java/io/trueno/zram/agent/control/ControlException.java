package io.trueno.zram.agent.control;

/** The agent cannot be reached, or refuses. The message is one line for people. */
public final class ControlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ControlException(String message) {
        super(message);
    }

    public ControlException(String message, Throwable cause) {
        super(message, cause);
    }
}
