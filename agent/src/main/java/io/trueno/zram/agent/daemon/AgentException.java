package io.trueno.zram.agent.daemon;

/** The agent cannot start. The message is one line for people and says what to do. */
public final class AgentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AgentException(String message) {
        super(message);
    }

    public AgentException(String message, Throwable cause) {
        super(message, cause);
    }
}
