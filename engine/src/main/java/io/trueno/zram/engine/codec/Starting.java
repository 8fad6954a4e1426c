package io.trueno.zram.engine.codec;

import io.trueno.zram.engine.SimdBackend;
import java.util.function.Function;

/**
 * What works on a backend, made anew once vector kernels are warm ({@link VectorWarmUp}), and once
 * only. For one thread at a time.
 *
 * @param <T> a codec, or what else is made for a backend
 */
public final class Starting<T> {
    private final SimdBackend backend;
    private final Function<SimdBackend, T> maker;
    private SimdBackend used;
    private T current;

    /**
     * Makes one for now.
     *
     * @param backend to work on in the end
     */
    public Starting(SimdBackend backend, Function<SimdBackend, T> maker) {
        this.backend = backend;
        this.maker = maker;
        used = VectorWarmUp.now(backend);
        current = maker.apply(used);
    }

    /** The one to use now. */
    public T get() {
        if (used != backend && VectorWarmUp.now(backend) == backend) {
            used = backend;
            current = maker.apply(backend);
        }
        return current;
    }
}
