package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One codec under measurement: ours, or a reference library behind the interface that suits it
 * best. Serves one thread. Every page is there twice, as native memory and as a heap array, and a
 * subject takes the one it reads fastest.
 */
interface CodecSubject {
    /** Index in a packed array, behind all that codecs write, of a byte that is the subject's. */
    int TAG = PageCodec.PACKED_CAPACITY;

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
     * @param policy what codecs are chosen by; null for a single codec
     */
    record Identity(
            String codec,
            String implementation,
            String backend,
            int level,
            boolean dictionary,
            @Nullable String policy) {
        /** A single codec without a dictionary. */
        Identity(String codec, String implementation, String backend, int level) {
            this(codec, implementation, backend, level, false, null);
        }

        /** Subjects of one format read each other's pages. */
        String format() {
            String name = codec.startsWith("lz4") ? "lz4" : codec;
            return dictionary ? name + " with the dictionary of level " + level : name;
        }
    }
}
