package io.trueno.zram.engine.store;

import io.trueno.zram.engine.SelectionPolicy;
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
