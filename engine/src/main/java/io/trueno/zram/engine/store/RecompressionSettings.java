package io.trueno.zram.engine.store;

import io.trueno.zram.engine.SelectionPolicy;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the background recompresses by itself. Under {@link SelectionPolicy#SPEED} nothing; under
 * {@link SelectionPolicy#BALANCED} pages one by one; under {@link SelectionPolicy#RATIO} all that
 * can be gained.
 *
 * @param cpuShare of one CPU that it may take, 0 to 1; 0 turns it off
 * @param ageSeconds for which a page must not have been used
 */
public record RecompressionSettings(double cpuShare, int ageSeconds) {
    /** A tenth of a CPU, and pages that were not used for a minute. */
    public static final RecompressionSettings DEFAULT = new RecompressionSettings(0.1, 60);

    private static final double SHARE_UNITS = 10_000;
    private static final int CHECK_SHIFT = 32;
    private static final long CHECK_SEED = 0x7265_7061L;

    /** Checks the ranges. */
    public RecompressionSettings {
        if (!(cpuShare >= 0 && cpuShare <= 1)) {
            throw new IllegalArgumentException(
                    "the share of a CPU must be 0 to 1: cpuShare=" + cpuShare);
        }
        if (ageSeconds < 0 || ageSeconds > AccessTimes.OLDEST_SECONDS) {
            throw new IllegalArgumentException(
                    "the age must be 0 to "
                            + AccessTimes.OLDEST_SECONDS
                            + " seconds: ageSeconds="
                            + ageSeconds);
        }
    }

    /**
     * As the store header keeps it: the share in ten-thousandths in bits 15 to 0, the age in 31 to
     * 16, a check over them in 63 to 32.
     */
    long toWord() {
        long value = Math.round(cpuShare * SHARE_UNITS) | (long) ageSeconds << 16;
        return value | check(value) << CHECK_SHIFT;
    }

    /** Reads back what {@link #toWord} wrote; empty if it is damaged. */
    static Optional<RecompressionSettings> ofWord(long word) {
        long value = word & 0xFFFF_FFFFL;
        if (word >>> CHECK_SHIFT != check(value)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new RecompressionSettings(
                            (value & 0xFFFF) / SHARE_UNITS, (int) (value >>> 16)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static long check(long value) {
        return PageEntry.mix(value ^ CHECK_SEED) >>> CHECK_SHIFT;
    }

    /** How hard the background tries under a policy; null for not at all. */
    @Nullable RecompressionEffort effortUnder(SelectionPolicy policy) {
        if (cpuShare == 0) {
            return null;
        }
        return switch (policy) {
            case SPEED -> null;
            case BALANCED -> RecompressionEffort.DICTIONARY;
            case RATIO -> RecompressionEffort.MOST;
        };
    }
}
