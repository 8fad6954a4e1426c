package io.trueno.zram.engine.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * What the JVM offers in vectors: found out once, without linking to the incubator module, which
 * may be absent.
 */
public final class VectorHardware {
    /** The flag that a JVM needs for any backend but SCALAR. */
    public static final String MODULE_FLAG = "--add-modules=jdk.incubator.vector";

    private static final String MODULE = "jdk.incubator.vector";
    private static final String ARCHITECTURE = System.getProperty("os.arch");

    private VectorHardware() {}

    /** Why {@code bits}-wide vectors on {@code architecture} cannot be used; empty if they can. */
    public static Optional<String> whyNot(String architecture, int bits) {
        if (!architecture.equals(ARCHITECTURE)) {
            return Optional.of("it is for " + architecture + ", this is " + ARCHITECTURE);
        }
        if (!Probe.MODULE_PRESENT) {
            return Optional.of("the JVM runs without " + MODULE_FLAG);
        }
        if (Probe.PREFERRED_BITS < bits) {
            return Optional.of(
                    "it needs "
                            + bits
                            + "-bit vectors, the JVM prefers "
                            + Probe.PREFERRED_BITS
                            + " on this CPU");
        }
        return Optional.empty();
    }

    /** Holder: probing, and what is said about it, happens once. */
    private static final class Probe {
        static final boolean MODULE_PRESENT =
                ModuleLayer.boot().findModule(MODULE).isPresent() || sayScalarOnly();
        static final int PREFERRED_BITS = MODULE_PRESENT ? VectorKernelsLoader.preferredBits() : 0;

        private static boolean sayScalarOnly() {
            Logger log = System.getLogger(VectorHardware.class.getName());
            log.log(
                    Level.WARNING,
                    "scalar kernels in use; for vector kernels start java with " + MODULE_FLAG);
            return false;
        }
    }
}
