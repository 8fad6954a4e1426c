package io.trueno.zram.engine.kernel.vector;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.kernel.PageKernels;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link PageKernels} in whole vectors; a template for {@link VectorKernels}. */
final class VectorPageKernels implements PageKernels {
    private static final VectorSpecies<Long> SPECIES =
            VectorSpecies.of(
                    long.class, VectorShape.forBitSize(Width.bitsOf(MethodHandles.lookup())));
    private static final int WIDTH = SPECIES.vectorByteSize();

    /** Distance of the words that are looked at one by one; odd in words, to meet any record. */
    private static final int PROBE_STEP = 41 * Long.BYTES;

    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    VectorPageKernels() {}

    @Override
    public boolean isSameFilled(MemorySegment page, long offset) {
        Objects.checkFromIndexSize(offset, Pages.SIZE, page.byteSize());
        long word = page.get(JAVA_LONG_UNALIGNED, offset);
        // Most pages that are not same-filled differ here already: headers in front, free space
        // at the end.
        if (page.get(JAVA_LONG_UNALIGNED, offset + Pages.SIZE - Long.BYTES) != word) {
            return false;
        }
        // Nearly all others differ at one of a few places. So what goes on to the vector loop is
        // same-filled, and the compiler sees one case there: as long as it has not compiled a loop
        // that is rarely entered, each vector in it is an object.
        for (int i = PROBE_STEP; i < Pages.SIZE; i += PROBE_STEP) {
            if (page.get(JAVA_LONG_UNALIGNED, offset + i) != word) {
                return false;
            }
        }
        return isSame(page, offset, word);
    }

    /**
     * Whether the page repeats {@code word}, told at its end: four tests on the way took 43 ns
     * instead of 30 (engine/benchmarks). Two accumulators, as loads come in twos. Takes the word as
     * it is: a vector argument would become an object where this is not inlined.
     */
    private static boolean isSame(MemorySegment page, long offset, long word) {
        LongVector wanted = LongVector.broadcast(SPECIES, word);
        LongVector even = LongVector.zero(SPECIES);
        LongVector odd = even;
        for (int i = 0; i < Pages.SIZE; i += 2 * WIDTH) {
            even =
                    even.or(
                            LongVector.fromMemorySegment(SPECIES, page, offset + i, ORDER)
                                    .lanewise(VectorOperators.XOR, wanted));
            odd =
                    odd.or(
                            LongVector.fromMemorySegment(SPECIES, page, offset + i + WIDTH, ORDER)
                                    .lanewise(VectorOperators.XOR, wanted));
        }
        return !even.or(odd).compare(VectorOperators.NE, 0).anyTrue();
    }

    @Override
    public void fill(MemorySegment page, long offset, long word) {
        Objects.checkFromIndexSize(offset, Pages.SIZE, page.byteSize());
        LongVector fill = LongVector.broadcast(SPECIES, word);
        for (int i = 0; i < Pages.SIZE; i += WIDTH) {
            fill.intoMemorySegment(page, offset + i, ORDER);
        }
    }
}
