package io.trueno.zram.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an adaptive choice of codecs is to be good at. */
public enum SelectionPolicy {
    /** The fastest codec that saves anything worth having. */
    SPEED,
    /** Almost all that Zstandard saves, in much less time. */
    BALANCED,
    /** The smallest result; time hardly counts. */
    RATIO;

    /**
     * Reads a policy as configuration writes it, in any case.
     *
     * @throws IllegalArgumentException naming what is accepted
     */
    public static SelectionPolicy parse(String text) {
        for (SelectionPolicy policy : values()) {
            if (policy.toString().equalsIgnoreCase(text.strip())) {
                return policy;
            }
        }
        throw new IllegalArgumentException(
                "unknown policy '"
                        + text
                        + "': use "
                        + Arrays.stream(values())
                                .map(SelectionPolicy::toString)
                                .collect(Collectors.joining(", ")));
    }

    /** The name that configuration uses. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
