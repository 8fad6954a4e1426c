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
 * Makes match finders, each class once per backend and way to search, so that the kernel that takes
 * a match's length is a constant of its copy: as a field it cost a tenth of the search. Each way is
 * a copy of its own, since branches go other ways there and the compiler knows a class only as a
 * whole: where a search with a dictionary and one without were at work, shared code cost the latter
 * a sixth. Thread-safe.
 */
final class MatchFinders {
    /** Ways to search in one table. */
    enum Search {
        /** As densely as one table allows. */
        DENSE(5, 8),

        /** The same with a dictionary's content before the page. */
        DICTIONARY(5, 6),

        /** Soon in longer steps. */
        FAST(5, 5),

        /** As fast, and for longer matches, of which there are fewer to encode. */
        HASTY(6, 5);

        private final int hashBytes;
        private final int skipShift;

        Search(int hashBytes, int skipShift) {
            this.hashBytes = hashBytes;
            this.skipShift = skipShift;
        }
    }

    /**
     * What is constant in a copy of a finder.
     *
     * @param lengths kernel that takes a match's length
     * @param hashBytes bytes that a match found by hash has at least
     * @param skipShift after {@code 2^skipShift} bytes without a match, steps grow by one
     */
    record Constants(MatchLengths lengths, int hashBytes, int skipShift) {}

    private record Copy(Class<?> template, @Nullable Search search, SimdBackend backend) {}

    private static final Map<Copy, MethodHandle> CONSTRUCTORS = new ConcurrentHashMap<>();

    private MatchFinders() {}

    /**
     * A finder with one table.
     *
     * @param dictionary given if it is to be searched too
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    static MatchFinder withOneTable(
            Search search, @Nullable PreparedDictionary dictionary, SimdBackend backend) {
        Constants constants = new Constants(lengths(backend), search.hashBytes, search.skipShift);
        MethodHandle constructor =
                CONSTRUCTORS.computeIfAbsent(
                        new Copy(MatchFinderFast.class, search, backend),
                        copy -> copyOf(copy.template, constants, PreparedDictionary.class));
        return (MatchFinder) Template.create(constructor, dictionary);
    }

    /**
     * A finder with two tables.
     *
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    static MatchFinder withTwoTables(SimdBackend backend) {
        Constants constants = new Constants(lengths(backend), 0, 0);
        MethodHandle constructor =
                CONSTRUCTORS.computeIfAbsent(
                        new Copy(MatchFinderDouble.class, null, backend),
                        copy -> copyOf(copy.template, constants));
        return (MatchFinder) Template.create(constructor);
    }

    private static MatchLengths lengths(SimdBackend backend) {
        backend.requireAvailable();
        return Kernels.of(backend).matchLengths();
    }

    private static MethodHandle copyOf(
            Class<?> template, Constants constants, Class<?>... parameters) {
        return Template.constructorOfCopy(MethodHandles.lookup(), template, constants, parameters);
    }

    /** What a copy was made with. */
    static Constants constantsOf(MethodHandles.Lookup copy) {
        try {
            return Objects.requireNonNull(
                    MethodHandles.classData(copy, ConstantDescs.DEFAULT_NAME, Constants.class),
                    "only copies of a match finder can be used");
        } catch (IllegalAccessException e) {
            throw new LinkageError("a match finder cannot see its constants", e);
        }
    }
}
