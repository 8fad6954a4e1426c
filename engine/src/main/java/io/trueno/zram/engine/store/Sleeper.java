package io.trueno.zram.engine.store;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A background thread that is woken only when it sleeps, or when it cannot wait. Guarded by
 * whatever guards the state that the thread waits for.
 */
final class Sleeper {
    private @Nullable Thread thread;
    private boolean asleep;

    /** Called by the thread, which then parks. */
    void sleeps() {
        thread = Thread.currentThread();
        asleep = true;
    }

    /** Ends the sleep, if the thread sleeps. */
    void wake() {
        if (asleep) {
            wakeAtOnce();
        }
    }

    /** Ends any parking of the thread. */
    void wakeAtOnce() {
        asleep = false;
        LockSupport.unpark(thread);
    }
}
