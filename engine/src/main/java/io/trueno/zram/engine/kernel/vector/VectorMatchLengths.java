package io.trueno.zram.engine.kernel.vector;

import io.trueno.zram.engine.kernel.MatchLengths;
import io.trueno.zram.engine.kernel.RawMemory;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link MatchLengths} in whole vectors; a template for {@link VectorKernels}. */
final class VectorMatchLengths extends MatchLengths {
    private static final VectorSpecies<Byte> WIDE =
            VectorSpecies.of(
                    byte.class, VectorShape.forBitSize(Width.bitsOf(MethodHandles.lookup())));
    private static final int WIDTH = WIDE.vectorByteSize();

    /** Ends the count of equal bytes behind the vector; nothing is behind one of 64. */
    private static final long STOP = WIDTH == 64 ? 0 : 1L << WIDTH;

    VectorMatchLengths() {}

    @Override
    public long matchLength(long a, long b, long most) {
        long length = 0;
        long more;
        do {
            more = Long.numberOfTrailingZeros(STOP | differences(a + length, b + length));
            length += more;
        } while (more == WIDTH && length < most);
        return Math.min(length, most);
    }

    /** Which bytes of a vector differ. */
    private static long differences(long a, long b) {
        return ByteVector.fromMemorySegment(WIDE, RawMemory.ALL, a, ByteOrder.LITTLE_ENDIAN)
                .compare(
                        VectorOperators.NE,
                        ByteVector.fromMemorySegment(
                                WIDE, RawMemory.ALL, b, ByteOrder.LITTLE_ENDIAN))
                .toLong();
    }
}
