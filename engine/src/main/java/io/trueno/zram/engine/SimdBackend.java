package io.trueno.zram.engine;

/** Which vector instructions the kernels use. Forcing one selects the code that runs. */
public enum SimdBackend {
    /** 512-bit species on x86-64. */
    AVX512,
    /** 256-bit species on x86-64. */
    AVX2,
    /** 128-bit species on AArch64. */
    NEON,
    /** No vector instructions asked for; needs no incubator module. */
    SCALAR;
}
