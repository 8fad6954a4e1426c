package io.trueno.zram.nbd;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;

/** Where the server reports what no client's reply can carry. Never floods. */
final class ServerLog {
    private static final System.Logger LOGGER = System.getLogger("io.trueno.zram.nbd");
    private static final long QUIET_NANOS = 1_000_000_000L;
    private static final AtomicLong QUIET_UNTIL = new AtomicLong(System.nanoTime());

    private ServerLog() {}

    /** A bug of ours, at most one report a second. */
    static void unexpected(Throwable failure) {
        long now = System.nanoTime();
        long until = QUIET_UNTIL.get();
        if (now - until >= 0 && QUIET_UNTIL.compareAndSet(until, now + QUIET_NANOS)) {
            LOGGER.log(Level.ERROR, "request failed unexpectedly", failure);
        }
    }

    /** A connection ended for a reason that is not the client's good-bye. */
    static void dropped(String why) {
        LOGGER.log(Level.DEBUG, "connection dropped: {0}", why);
    }
}
