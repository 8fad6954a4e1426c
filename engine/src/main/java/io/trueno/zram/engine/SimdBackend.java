package io.trueno.zram.engine;

import io.trueno.zram.engine.kernel.VectorHardware;
import java.util.Optional;

/**
 * Which vector instructions the kernels use. Forcing one selects the code that runs: a backend that
 * is not available is refused, never replaced in silence.
 */
public enum SimdBackend {
    /** 512-bit species on x86-64. */
    AVX512,
    /** 256-bit species on x86-64. */
    AVX2,
    /** 128-bit species on AArch64. */
    NEON,
    /** No vector instructions asked for; needs no incubator module. */
    SCALAR;

    /** The widest backend that is available here; {@link #SCALAR} if no other is. */
    public static SimdBackend detect() {
        for (SimdBackend backend : values()) {
            if (backend.isAvailable()) {
                return backend;
            }
        }
        throw new IllegalStateException("SCALAR must always be available");
    }

    /** Whether this backend's code runs on this machine and JVM. */
    public boolean isAvailable() {
        return whyUnavailable().isEmpty();
    }

    /**
     * What stands in the way, in words for people: the JVM flag to add, or what the machine lacks.
     * Empty if the backend is available.
     */
    public Optional<String> whyUnavailable() {
        return switch (this) {
            case AVX512 -> VectorHardware.whyNot("amd64", 512);
            case AVX2 -> VectorHardware.whyNot("amd64", 256);
            case NEON -> VectorHardware.whyNot("aarch64", 128);
            case SCALAR -> Optional.empty();
        };
    }

    /**
     * Returns if the backend is available.
     *
     * @throws UnsupportedOperationException with {@link #whyUnavailable()} if it is not available
     */
    public void requireAvailable() {
        whyUnavailable()
                .ifPresent(reason -> {
                    throw new UnsupportedOperationException(
                            "backend " + this + " is not available: " + reason);
                });
    }
}
