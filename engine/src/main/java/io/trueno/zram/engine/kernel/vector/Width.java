package io.trueno.zram.engine.kernel.vector;

import java.lang.invoke.MethodHandles;

/** Reads the width that {@link VectorKernels} gave a hidden copy of a kernel class. */
final class Width {
    private Width() {}

    /** Width in bits of the class that {@code lookup} is of. */
    static int bitsOf(MethodHandles.Lookup lookup) {
        try {
            Integer bits = MethodHandles.classData(lookup, "_", Integer.class);
            if (bits == null) {
                throw new IllegalStateException(
                        "not a copy for one width: class=" + lookup.lookupClass());
            }
            return bits;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
