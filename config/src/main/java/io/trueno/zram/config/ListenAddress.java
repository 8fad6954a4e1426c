package io.trueno.zram.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A TCP address to listen on. Names are not resolved here.
 *
 * @param host a name or a literal address, an IPv6 one without brackets
 * @param port 0 to 65535; 0 lets the system choose
 */
public record ListenAddress(String host, int port) {
    private static final Pattern SYNTAX =
            Pattern.compile("(?:(?:\\[([0-9a-fA-F:.%]+)\\]|([0-9a-zA-Z._-]+)):)?(\\d{1,5})");

    /** Checks the port's range. */
    public ListenAddress {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port out of range, 0 to 65535: port=" + port);
        }
    }

    /**
     * Reads {@code PORT} (on the loopback address), {@code HOST:PORT} or {@code [IPV6]:PORT}.
     *
     * @throws IllegalArgumentException if {@code text} is none of these
     */
    public static ListenAddress parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "not an address: use PORT (on 127.0.0.1), HOST:PORT or [IPV6]:PORT");
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return new ListenAddress(
                host == null ? "127.0.0.1" : host, Integer.parseInt(matcher.group(3)));
    }

    /** Whether the address, as it is written, can be reached from this machine alone. */
    public boolean isLoopback() {
        return host.startsWith("127.") || host.equals("::1") || host.equals("localhost");
    }

    /** What {@link #parse} reads back. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
