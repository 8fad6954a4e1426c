package io.trueno.zram.config;

/**
 * The configuration cannot be used. The message is one line for people: it names the file, variable
 * or flag, the key, the value, and what is accepted.
 */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
