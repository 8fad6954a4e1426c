package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.PageClassifier;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import io.trueno.zram.engine.codec.Starting;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packs new pages as a {@link WriteMethod} says. For one thread at a time; allocates only when the
 * method is another than before, or first needs a codec.
 */
final class PagePacker {
    /** A page that packs to more than this is kept as it is: unpacking would gain too little. */
    static final int HUGE_PACKED_BYTES = Pages.SIZE - 64;

    private final SimdBackend backend;
    private @Nullable WriteMethod method;
    private @Nullable PageClassifier classifier;
    private List<Algorithm> algorithms = List.of();
    private List<@Nullable Starting<PageCodec>> codecs = List.of();
    private int kind;

    PagePacker(SimdBackend backend) {
        this.backend = backend;
    }

    /**
     * Packs a page that is not same-filled.
     *
     * @param packed takes the result from index 0
     * @return bytes written, 1 to {@link Pages#SIZE}; {@link #kind} tells what they are
     */
    int pack(WriteMethod wanted, MemorySegment page, long offset, byte[] packed) {
        if (!wanted.equals(method)) {
            prepare(wanted);
        }
        PageClassifier predictor = classifier;
        int choice = predictor == null ? 0 : predictor.method(predictor.classify(page, offset));
        Algorithm algorithm = algorithms.get(choice);
        if (algorithm.kind() != Algorithm.Kind.NONE) {
            int length = codec(choice, algorithm).compress(page, offset, packed);
            if (length != PageCodec.INCOMPRESSIBLE && length <= HUGE_PACKED_BYTES) {
                kind = PageEntry.kindOf(algorithm);
                return length;
            }
        }
        kind = PageEntry.RAW;
        MemorySegment.copy(page, ValueLayout.JAVA_BYTE, offset, packed, 0, Pages.SIZE);
        return Pages.SIZE;
    }

    /** The {@link PageEntry} kind of what {@link #pack} wrote last. */
    int kind() {
        return kind;
    }

    private PageCodec codec(int choice, Algorithm algorithm) {
        Starting<PageCodec> codec = codecs.get(choice);
        if (codec == null) {
            codec = new Starting<>(backend, now -> PageCodecs.createForStore(algorithm, now));
            codecs.set(choice, codec);
        }
        return codec.get();
    }

    private void prepare(WriteMethod wanted) {
        method = wanted;
        classifier = wanted.isAdaptive() ? new PageClassifier(wanted.policy()) : null;
        algorithms = classifier == null ? List.of(wanted.algorithm()) : classifier.algorithms();
        codecs = new ArrayList<>(Collections.nCopies(algorithms.size(), null));
    }
}
