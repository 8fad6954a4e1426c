package io.trueno.zram.engine;

import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compresses each page with the codec that a policy expects most from. Packed bytes are those of
 * the codec, which the caller keeps the {@link Algorithm} of.
 *
 * <p>For one thread at a time. {@link #compress} allocates nothing; {@link #lastSelection} does.
 */
public final class AdaptiveCompressor {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final SameFill sameFill;
    private final PageClassifier classifier;
    private final List<Algorithm> algorithms;

    /** Per algorithm of the classifier; null for NONE. */
    private final @Nullable PageCodec[] codecs;

    /**
     * The page, brought into the cache in one go: to sample a page that lies in memory alone takes
     * longer, since that jumps about.
     */
    private final MemorySegment fetched = Arena.ofAuto().allocate(Pages.SIZE, 64);

    private Algorithm lastAlgorithm = Algorithm.NONE;
    private Selection.Reason lastReason = Selection.Reason.NOT_WORTH_TRYING;
    private int lastClass;

    /** On the widest backend that is available. */
    public AdaptiveCompressor(SelectionPolicy policy) {
        this(policy, SimdBackend.detect());
    }

    /**
     * On one backend.
     *
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public AdaptiveCompressor(SelectionPolicy policy, SimdBackend backend) {
        this(new PageClassifier(policy), backend);
    }

    /** With a classifier of its own, which nobody else may use meanwhile. */
    public AdaptiveCompressor(PageClassifier classifier, SimdBackend backend) {
        this.classifier = classifier;
        sameFill = SameFill.create(backend);
        algorithms = new ArrayList<>(classifier.algorithms());
        codecs = new PageCodec[algorithms.size()];
        for (int m = 0; m < codecs.length; m++) {
            if (algorithms.get(m).kind() != Algorithm.Kind.NONE) {
                codecs[m] = PageCodecs.create(algorithms.get(m), backend);
            }
        }
    }

    /**
     * Compresses one page. {@link #lastAlgorithm} then says what the packed bytes are: the page
     * itself for {@code NONE}, its 8-byte word for {@code SAME_FILL}, else a codec's.
     *
     * @param page holds the page at {@code offset}; not kept
     * @param packed takes the result from index 0
     * @return bytes written, 1 to {@link Pages#SIZE}
     * @throws IndexOutOfBoundsException if the page does not lie in the segment or {@code packed}
     *     is shorter than {@link PageCodec#PACKED_CAPACITY}
     */
    public int compress(MemorySegment page, long offset, byte[] packed) {
        Objects.checkFromIndexSize(0, PageCodec.PACKED_CAPACITY, packed.length);
        if (sameFill.isSameFilled(page, offset)) {
            lastAlgorithm = Algorithm.SAME_FILL;
            lastReason = Selection.Reason.SAME_FILLED;
            WORD.set(packed, 0, SameFill.wordOf(page, offset));
            return Long.BYTES;
        }
        MemorySegment.copy(page, offset, fetched, 0, Pages.SIZE);
        lastClass = classifier.classify(fetched, 0);
        int method = classifier.method(lastClass);
        PageCodec codec = codecs[method];
        if (codec == null) {
            lastReason = Selection.Reason.NOT_WORTH_TRYING;
        } else {
            int length = codec.compress(fetched, 0, packed);
            if (length != PageCodec.INCOMPRESSIBLE) {
                lastAlgorithm = algorithms.get(method);
                lastReason = Selection.Reason.PREDICTED_BEST;
                return length;
            }
            lastReason = Selection.Reason.DID_NOT_SHRINK;
        }
        lastAlgorithm = Algorithm.NONE;
        MemorySegment.copy(page, ValueLayout.JAVA_BYTE, offset, packed, 0, Pages.SIZE);
        return Pages.SIZE;
    }

    /** What the packed bytes of the last page are. */
    public Algorithm lastAlgorithm() {
        return lastAlgorithm;
    }

    /** How the last page was compressed, and why so. */
    public Selection lastSelection() {
        boolean predicted = lastReason != Selection.Reason.SAME_FILLED;
        return new Selection(lastAlgorithm, lastReason, predicted ? classifier.why(lastClass) : "");
    }

    /**
     * Decompresses one page.
     *
     * @param algorithm what {@link #lastAlgorithm} was for this page
     * @param packed holds the packed bytes from index 0; not changed
     * @param page takes the page at {@code offset}
     * @throws CorruptPageException if the bytes do not decode to exactly one page
     * @throws IllegalArgumentException if this compressor does not write that algorithm
     * @throws IndexOutOfBoundsException if the page does not lie in the segment, or {@code packed}
     *     is shorter than {@link PageCodec#PACKED_CAPACITY}
     */
    public void decompress(
            Algorithm algorithm, byte[] packed, int packedLength, MemorySegment page, long offset) {
        Objects.checkFromIndexSize(0, PageCodec.PACKED_CAPACITY, packed.length);
        switch (algorithm.kind()) {
            case NONE -> {
                requireLength(packedLength, Pages.SIZE);
                MemorySegment.copy(packed, 0, page, ValueLayout.JAVA_BYTE, offset, Pages.SIZE);
            }
            case SAME_FILL -> {
                requireLength(packedLength, Long.BYTES);
                sameFill.expand((long) WORD.get(packed, 0), page, offset);
            }
            default -> codecOf(algorithm).decompress(packed, packedLength, page, offset);
        }
    }

    private static void requireLength(int packedLength, int expected) {
        if (packedLength != expected) {
            throw new CorruptPageException(
                    Math.min(packedLength, expected), "packed length must be " + expected);
        }
    }

    private PageCodec codecOf(Algorithm algorithm) {
        PageCodec codec = null;
        int method = algorithms.indexOf(algorithm);
        if (method >= 0) {
            codec = codecs[method];
        }
        if (codec == null) {
            throw new IllegalArgumentException("not written here: algorithm=" + algorithm);
        }
        return codec;
    }
}
