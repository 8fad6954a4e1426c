package io.trueno.zram.engine;

import java.util.function.BooleanSupplier;

/**
 * What a machine is good for, in four steps, and how many pages to compress at a time there. The
 * engine knows no GPU: whoever does tells it whether there is one.
 */
public enum HardwareTier {
    /** A GPU, and 512-bit vectors. */
    FULL(10_000),
    /** A GPU, and a CPU with narrower vectors or none. */
    HIGH(5_000),
    /** No GPU, but vectors. */
    MEDIUM(1_000),
    /** Scalar kernels alone. */
    MINIMAL(100);

    private final int batchPages;

    HardwareTier(int batchPages) {
        this.batchPages = batchPages;
    }

    /** The tier of this machine, as far as the engine can tell: without a GPU. */
    public static HardwareTier detect() {
        return detect(() -> false);
    }

    /**
     * The tier of this machine.
     *
     * @param gpu whether there is a GPU that pages can be compressed on; asked once
     */
    public static HardwareTier detect(BooleanSupplier gpu) {
        return of(gpu.getAsBoolean(), SimdBackend.detect());
    }

    /** The tier of a machine with or without a GPU whose best backend is {@code simd}. */
    public static HardwareTier of(boolean gpu, SimdBackend simd) {
        if (gpu) {
            return simd == SimdBackend.AVX512 ? FULL : HIGH;
        }
        return simd == SimdBackend.SCALAR ? MINIMAL : MEDIUM;
    }

    /** Pages in a batch that keeps such a machine busy: large enough to hide what a batch costs. */
    public int batchPages() {
        return batchPages;
    }
}
