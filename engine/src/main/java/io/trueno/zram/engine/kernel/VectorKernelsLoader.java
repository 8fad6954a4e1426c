package io.trueno.zram.engine.kernel;

import java.lang.reflect.InvocationTargetException;

/**
 * The one reflective link to {@code kernel.vector}, so that nothing else needs the incubator module
 * to load. Call only after the module was found.
 */
final class VectorKernelsLoader {
    private static final String PACKAGE = "io.trueno.zram.engine.kernel.vector.";

    private VectorKernelsLoader() {}

    /** Width in bits of the vectors that the JVM prefers on this CPU. */
    static int preferredBits() {
        return (int) call("preferredBits");
    }

    /** The kernels of one width: 128, 256 or 512 bits. */
    static Kernels load(int bits) {
        return (Kernels) call("ofBits", bits);
    }

    private static Object call(String method, Object... arguments) {
        Class<?>[] types = new Class<?>[arguments.length];
        java.util.Arrays.fill(types, int.class);
        try {
            return Class.forName(PACKAGE + "VectorKernels")
                    .getMethod(method, types)
                    .invoke(null, arguments);
        } catch (InvocationTargetException e) {
            throw new LinkageError("vector kernels failed to start", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("vector kernels are missing from this build", e);
        }
    }
}
