package io.trueno.zram.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Compresses single pages: the library's front door.
 *
 * <pre>{@code
 * PageCompressor compressor = PageCompressor.builder().algorithm(Algorithm.LZ4).build();
 * CompressedPage packed = compressor.compress(page);
 * byte[] same = compressor.decompress(packed);
 * }</pre>
 *
 * <p>The bytes are standard ones: LZ4 blocks and Zstandard frames that any library of the format
 * decodes, and the other way round.
 *
 * <p><b>Threading.</b> An instance holds the codec's working memory and serves one thread at a
 * time: make one per thread.
 */
public final class PageCompressor {
    /** Answer of {@link #compress(MemorySegment, MemorySegment)}: the page would not shrink. */
    public static final int INCOMPRESSIBLE = PageCodec.INCOMPRESSIBLE;

    private static final int SAME_FILL_BYTES = Long.BYTES;

    private final Algorithm algorithm;
    private final SimdBackend backend;
    private final PageCodec codec;
    private final SameFill sameFill;
    private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];

    private long pagesCompressed;
    private long pagesSameFilled;
    private long pagesIncompressible;
    private long bytesOut;
    private long pagesDecompressed;

    private PageCompressor(Algorithm algorithm, SimdBackend backend) {
        this.algorithm = algorithm;
        this.backend = backend;
        codec = PageCodecs.create(algorithm, backend);
        sameFill = SameFill.create(backend);
    }

    /** Starts from LZ4 on the widest backend that is available. */
    public static Builder builder() {
        return new Builder();
    }

    /** The algorithm that it was built with. */
    public Algorithm algorithm() {
        return algorithm;
    }

    /** The backend whose code runs. */
    public SimdBackend backend() {
        return backend;
    }

    /** The most bytes that {@link #compress(MemorySegment, MemorySegment)} writes. */
    public static int maxCompressedBytes() {
        return Pages.SIZE - 1;
    }

    /**
     * Compresses one page into {@code target}, same-filled or not.
     *
     * @param page exactly {@link Pages#SIZE} bytes; not kept after return
     * @return bytes written, or {@link #INCOMPRESSIBLE} when the page would not shrink (an answer,
     *     not an error)
     * @throws IndexOutOfBoundsException if {@code page} has another size or {@code target} is
     *     shorter than the result; {@link #maxCompressedBytes()} is always enough
     */
    public int compress(MemorySegment page, MemorySegment target) {
        checkPage(page);
        int length = codec.compress(page, 0, packed);
        pagesCompressed++;
        if (length == INCOMPRESSIBLE) {
            pagesIncompressible++;
            bytesOut += Pages.SIZE;
            return INCOMPRESSIBLE;
        }
        bytesOut += length;
        MemorySegment.copy(packed, 0, target, JAVA_BYTE, 0, length);
        return length;
    }

    /**
     * Decompresses one page.
     *
     * @param source exactly the bytes that {@link #compress(MemorySegment, MemorySegment)} wrote,
     *     or another library's for the same format; may be hostile
     * @param page takes {@link Pages#SIZE} bytes; its content is undefined after a failure
     * @throws CorruptPageException if the bytes do not decode to exactly one page
     * @throws IndexOutOfBoundsException if {@code page} has another size
     */
    public void decompress(MemorySegment source, MemorySegment page) {
        checkPage(page);
        if (source.byteSize() == 0 || source.byteSize() > Pages.SIZE) {
            throw new CorruptPageException(0, "a compressed page has 1 to 4096 bytes");
        }
        int length = (int) source.byteSize();
        MemorySegment.copy(source, JAVA_BYTE, 0, packed, 0, length);
        codec.decompress(packed, length, page, 0);
        pagesDecompressed++;
    }

    /**
     * Compresses one page into a new object, in whichever of three ways takes least: as its one
     * word if it is same-filled, with the algorithm, or as it is.
     *
     * @throws IndexOutOfBoundsException if {@code page} is not {@link Pages#SIZE} bytes long
     */
    public CompressedPage compress(byte[] page) {
        MemorySegment segment = MemorySegment.ofArray(page);
        checkPage(segment);
        if (sameFill.isSameFilled(segment, 0)) {
            pagesCompressed++;
            pagesSameFilled++;
            bytesOut += SAME_FILL_BYTES;
            byte[] word = new byte[SAME_FILL_BYTES];
            MemorySegment.copy(segment, 0, MemorySegment.ofArray(word), 0, SAME_FILL_BYTES);
            return new CompressedPage(Algorithm.SAME_FILL, word);
        }
        MemorySegment target = MemorySegment.ofArray(new byte[Pages.SIZE]);
        int length = compress(segment, target);
        return length == INCOMPRESSIBLE
                ? new CompressedPage(Algorithm.NONE, page.clone())
                : new CompressedPage(algorithm, target.asSlice(0, length).toArray(JAVA_BYTE));
    }

    /**
     * Gives the page back in a new array.
     *
     * @throws CorruptPageException if the data does not decode to exactly one page
     * @throws IllegalArgumentException if the page was compressed with an algorithm that is not
     *     this compressor's
     */
    public byte[] decompress(CompressedPage compressed) {
        byte[] page = new byte[Pages.SIZE];
        MemorySegment segment = MemorySegment.ofArray(page);
        MemorySegment data = MemorySegment.ofArray(compressed.data());
        switch (compressed.algorithm().kind()) {
            case NONE -> {
                requireLength(data, Pages.SIZE);
                segment.copyFrom(data);
                pagesDecompressed++;
            }
            case SAME_FILL -> {
                requireLength(data, SAME_FILL_BYTES);
                long word = data.get(JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder()), 0);
                sameFill.expand(word, segment, 0);
                pagesDecompressed++;
            }
            default -> {
                if (compressed.algorithm().kind() != algorithm.kind()) {
                    throw new IllegalArgumentException(
                            "page is " + compressed.algorithm() + ", compressor is " + algorithm);
                }
                decompress(data, segment);
            }
        }
        return page;
    }

    /** What was done so far. */
    public CompressionStats stats() {
        return new CompressionStats(
                pagesCompressed,
                pagesSameFilled,
                pagesIncompressible,
                pagesCompressed * Pages.SIZE,
                bytesOut,
                pagesDecompressed);
    }

    /** Sets all statistics to zero. */
    public void resetStats() {
        pagesCompressed = 0;
        pagesSameFilled = 0;
        pagesIncompressible = 0;
        bytesOut = 0;
        pagesDecompressed = 0;
    }

    private static void checkPage(MemorySegment page) {
        Objects.checkFromIndexSize(0, Pages.SIZE, page.byteSize());
        Objects.checkFromIndexSize(0, page.byteSize(), Pages.SIZE);
    }

    private static void requireLength(MemorySegment data, long length) {
        if (data.byteSize() != length) {
            throw new CorruptPageException(
                    (int) Math.min(data.byteSize(), length), "data has another length");
        }
    }

    /** Collects what a compressor is to be. */
    public static final class Builder {
        private Algorithm algorithm = Algorithm.LZ4;
        private SimdBackend backend = SimdBackend.detect();

        private Builder() {}

        /** LZ4, LZ4HC or ZSTD, at any level. */
        public Builder algorithm(Algorithm wanted) {
            algorithm = wanted;
            return this;
        }

        /** Forces a backend. */
        public Builder backend(SimdBackend wanted) {
            backend = wanted;
            return this;
        }

        /**
         * Makes the compressor.
         *
         * @throws IllegalArgumentException if the algorithm has no codec of its own
         * @throws UnsupportedOperationException saying why, if the backend is not available
         */
        public PageCompressor build() {
            return new PageCompressor(algorithm, backend);
        }
    }
}
