package io.trueno.zram.engine.kernel;

import io.trueno.zram.engine.SimdBackend;

/** The kernels of one backend. Immutable; the kernels it makes say themselves how they share. */
public interface Kernels {
    /**
     * The kernels of {@code backend}.
     *
     * @throws UnsupportedOperationException saying why, if the backend is not available
     */
    static Kernels of(SimdBackend backend) {
        backend.requireAvailable();
        return switch (backend) {
            case AVX512 -> VectorKernelsLoader.load(512);
            case AVX2 -> VectorKernelsLoader.load(256);
            case NEON -> VectorKernelsLoader.load(128);
            case SCALAR -> ScalarKernels.INSTANCE;
        };
    }

    /** Kernels over whole pages; stateless, for any number of threads. */
    PageKernels pageKernels();

    /** How long matches are; stateless, for any number of threads. */
    MatchLengths matchLengths();

    /** Rounds code lengths; stateless, for any number of threads. */
    CodeLengths codeLengths();

    /** A new LZ4 decoder, for one thread at a time. */
    Lz4Decoder newLz4Decoder();

    /**
     * A new LZ4 encoder, for one thread at a time.
     *
     * @param acceleration bytes to step over after a miss, 1 for the best ratio
     */
    Lz4Encoder newLz4Encoder(int acceleration);

    /** A new executor of Zstandard sequences, for one thread at a time. */
    ZstdSequenceExecutor newZstdSequenceExecutor();
}
