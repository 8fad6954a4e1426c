package io.trueno.zram.agent.bench;

import java.lang.foreign.MemorySegment;

/**
 * One codec under measurement: ours, or a reference library behind the interface that suits it
 * best. Serves one thread. Every page is there twice, as native memory and as a heap array, and a
 * subject takes the one it reads fastest.
 */
interface CodecSubject {
    /** What is measured, for the report. */
    Identity identity();

    /** Compresses a page; bytes written to {@code packed}, or -1 if it would not shrink. */
    int compress(MemorySegment pages, long offset, byte[] heapPage, byte[] packed);

    /** Decompresses into whichever of the two targets {@link #writesHeap} says. */
    void decompress(byte[] packed, int length, MemorySegment target, byte[] heapTarget);

    /** Whether {@link #decompress} writes the heap target rather than the native one. */
    boolean writesHeap();

    /**
     * What a subject is.
     *
     * @param codec algorithm name
     * @param implementation {@code trueno}, {@code liblz4}, {@code libzstd} or {@code
     *     aircompressor}
     * @param backend SIMD backend of ours, or {@code native} or {@code java}
     * @param level compression level
     * @param dictionary whether one is used
     */
    record Identity(
            String codec, String implementation, String backend, int level, boolean dictionary) {}
}
