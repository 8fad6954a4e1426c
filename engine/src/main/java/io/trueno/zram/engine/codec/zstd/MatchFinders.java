package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.kernel.Kernels;
import io.trueno.zram.engine.kernel.MatchLengths;
import io.trueno.zram.engine.kernel.Template;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes match finders, each class once per backend, so that the kernel that takes a match's length
 * is a constant of its copy: as a field it cost a tenth of the search. With a dictionary they are a
 * copy of their own, since branches go other ways there and the compiler knows a class only as a
 * whole: where both were at work, shared code cost the search without one a sixth. Thread-safe.
 */
final class MatchFinders {
    private static final Map<SimdBackend, MatchFinders> BY_BACKEND = new ConcurrentHashMap<>();

    private final MethodHandle newFast;
    private final MethodHandle newFastWithDictionary;
    private final MethodHandle newDouble;

    private MatchFinders(SimdBackend backend) {
        MatchLengths lengths = Kernels.of(backend).matchLengths();
        newFast = copyOfFast(lengths);
        newFastWithDictionary = copyOfFast(lengths);
        newDouble =
                Template.constructorOfCopy(
                        MethodHandles.lookup(), MatchFinderDouble.class, lengths);
    }

    private static MethodHandle copyOfFast(MatchLengths lengths) {
        return Template.constructorOfCopy(
                MethodHandles.lookup(),
                MatchFinderFast.class,
                lengths,
                PreparedDictionary.class,
                int.class);
    }

    /**
     * The finders of a backend.
     *
     * @throws UnsupportedOperationException saying why, if it is not available
     */
    static MatchFinders of(SimdBackend backend) {
        backend.requireAvailable();
        return BY_BACKEND.computeIfAbsent(backend, MatchFinders::new);
    }

    /** A finder with one table; what lies before the page is found too if there is a dictionary. */
    MatchFinder newFast(@Nullable PreparedDictionary dictionary, int skipShift) {
        MethodHandle constructor = dictionary == null ? newFast : newFastWithDictionary;
        return (MatchFinder) Template.create(constructor, dictionary, skipShift);
    }

    /** A finder with two tables. */
    MatchFinder newDouble() {
        return (MatchFinder) Template.create(newDouble);
    }

    /** The kernel that a copy was made for. */
    static MatchLengths lengthsOf(MethodHandles.Lookup copy) {
        try {
            return Objects.requireNonNull(
                    MethodHandles.classData(copy, ConstantDescs.DEFAULT_NAME, MatchLengths.class),
                    "only copies of a match finder can be used");
        } catch (IllegalAccessException e) {
            throw new LinkageError("a match finder cannot see its kernel", e);
        }
    }
}
