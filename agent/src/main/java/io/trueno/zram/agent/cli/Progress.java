package io.trueno.zram.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.DoubleConsumer;

/**
 * One line on a terminal that says how far a long job is: shown after a second, gone when it is
 * over. Nothing is printed where standard error is no terminal.
 */
final class Progress implements DoubleConsumer, AutoCloseable {
    private static final long FIRST_NANOS = 1_000_000_000;
    private static final long INTERVAL_NANOS = 200_000_000;

    private final String what;
    private final boolean shown = isTerminal();
    private final long startNanos = System.nanoTime();
    private long nextNanos = startNanos + FIRST_NANOS;
    private boolean drawn;

    /**
     * @param what is done, such as {@code measuring}
     */
    Progress(String what) {
        this.what = what;
    }

    /**
     * @param done the fraction that is done, 0 to 1
     */
    @Override
    public synchronized void accept(double done) {
        long now = System.nanoTime();
        if (shown && now - nextNanos >= 0) {
            nextNanos = now + INTERVAL_NANOS;
            drawn = true;
            System.err.printf(
                    Locale.ROOT,
                    "\r%s: %3.0f %%, %d s \033[K",
                    what,
                    100 * done,
                    (now - startNanos) / 1_000_000_000);
            System.err.flush();
        }
    }

    /** Takes the line away. */
    @Override
    public synchronized void close() {
        if (drawn) {
            System.err.print("\r\033[K");
            System.err.flush();
        }
    }

    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false; // without /proc nothing tells, and progress is only a courtesy
        }
    }
}
