package io.trueno.zram.engine.kernel.vector;

import io.trueno.zram.engine.kernel.CodeLengths;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link CodeLengths} a vector at a time; a template for {@link VectorKernels}. */
final class VectorCodeLengths extends CodeLengths {
    private static final VectorSpecies<Integer> SPECIES =
            VectorSpecies.of(
                    int.class, VectorShape.forBitSize(Width.bitsOf(MethodHandles.lookup())));
    private static final int LANES = SPECIES.length();

    VectorCodeLengths() {}

    @Override
    public int kraftSum(int[] ideals, int count, int fractionBits, int offset, int limit) {
        Objects.checkFromIndexSize(0, count, ideals.length);
        IntVector one = IntVector.broadcast(SPECIES, 1 << MAX_LENGTH);
        IntVector sum = IntVector.zero(SPECIES);
        for (int i = 0; i < count; i += LANES) {
            sum =
                    sum.add(
                            one.lanewise(
                                    VectorOperators.LSHR,
                                    IntVector.fromArray(SPECIES, ideals, i)
                                            .add(offset)
                                            .lanewise(VectorOperators.ASHR, fractionBits)
                                            .max(1)
                                            .min(limit)));
        }
        return sum.reduceLanes(VectorOperators.ADD) >>> (MAX_LENGTH - limit);
    }

    @Override
    public void round(
            int[] ideals, int count, int fractionBits, int offset, int limit, int[] lengths) {
        Objects.checkFromIndexSize(0, count, Math.min(ideals.length, lengths.length));
        for (int i = 0; i < count; i += LANES) {
            IntVector.fromArray(SPECIES, ideals, i)
                    .add(offset)
                    .lanewise(VectorOperators.ASHR, fractionBits)
                    .max(1)
                    .min(limit)
                    .intoArray(lengths, i);
        }
    }
}
