package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodecs;
import java.util.List;
import java.util.Optional;

/**
 * How new pages are packed.
 *
 * @param algorithm one for every page, or {@link Algorithm#ADAPTIVE} for the predictor's choice
 * @param policy what the predictor, and the work in the background, are to be good at
 */
record WriteMethod(Algorithm algorithm, SelectionPolicy policy) {
    private static final int CHECK_SHIFT = 32;
    private static final long CHECK_SEED = 0x5E77_1265L;

    /** By the numbers that files know them by: only ever appended to. */
    private static final List<Algorithm.Kind> KINDS =
            List.of(
                    Algorithm.Kind.NONE,
                    Algorithm.Kind.LZ4,
                    Algorithm.Kind.LZ4HC,
                    Algorithm.Kind.ZSTD,
                    Algorithm.Kind.ADAPTIVE,
                    Algorithm.Kind.ZSTD_STATIC);

    /** The same. */
    private static final List<SelectionPolicy> POLICIES =
            List.of(SelectionPolicy.SPEED, SelectionPolicy.BALANCED, SelectionPolicy.RATIO);

    /**
     * Refuses what no codec writes, naming it, before a page depends on it.
     *
     * @throws IllegalArgumentException if there is no codec for the algorithm
     */
    void requireCodec(SimdBackend backend) {
        if (algorithm.kind() != Algorithm.Kind.NONE && !isAdaptive()) {
            PageCodecs.createForStore(algorithm, backend);
        }
    }

    boolean isAdaptive() {
        return algorithm.kind() == Algorithm.Kind.ADAPTIVE;
    }

    /**
     * As the store header keeps it: kind in bits 7 to 0, level in 15 to 8, policy in 23 to 16, a
     * check over them in 63 to 32.
     */
    long toWord() {
        long value =
                KINDS.indexOf(algorithm.kind())
                        | (algorithm.level() & 0xFFL) << 8
                        | (long) POLICIES.indexOf(policy) << 16;
        return value | check(value) << CHECK_SHIFT;
    }

    /** Reads back what {@link #toWord} wrote; empty if it is damaged. */
    static Optional<WriteMethod> ofWord(long word) {
        long value = word & 0xFFFF_FFFFL;
        int kind = (int) value & 0xFF;
        int policy = (int) (value >>> 16);
        if (word >>> CHECK_SHIFT != check(value)
                || kind >= KINDS.size()
                || policy >= POLICIES.size()) {
            return Optional.empty();
        }
        try {
            Algorithm algorithm = new Algorithm(KINDS.get(kind), (byte) (value >>> 8));
            return Optional.of(new WriteMethod(algorithm, POLICIES.get(policy)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static long check(long value) {
        return PageEntry.mix(value ^ CHECK_SEED) >>> CHECK_SHIFT;
    }
}
