package io.trueno.zram.engine.store;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Things that one thread at a time may use, for any number of threads: who finds none makes one, so
 * there are as many as threads have used them at the same time.
 */
final class Spares<T> {
    /** More than so many are not kept. */
    private static final int MOST = 64;

    private final AtomicReferenceArray<T> free = new AtomicReferenceArray<>(MOST);
    private final Supplier<T> maker;

    Spares(Supplier<T> maker) {
        this.maker = maker;
    }

    T take() {
        for (int i = 0; i < MOST; i++) {
            T spare = free.get(i) == null ? null : free.getAndSet(i, null);
            if (spare != null) {
                return spare;
            }
        }
        return maker.get();
    }

    void give(T spare) {
        for (int i = 0; i < MOST; i++) {
            if (free.compareAndSet(i, null, spare)) {
                return;
            }
        }
    }
}
