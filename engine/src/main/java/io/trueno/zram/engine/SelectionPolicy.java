package io.trueno.zram.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an adaptive choice of codecs is to be good at. */
public enum SelectionPolicy {
    /** LZ4 where it saves anything worth its time, and nothing slower. */
    SPEED,
    /** Almost all that Zstandard saves, in much less time. */
    BALANCED,
    /** The smallest result; time hardly counts. */
    RATIO;

    /**
     * Whether the policy may take an algorithm at all. A price of time alone does not keep a page
     * in a hundred from taking three times as long as the others, which is what {@link #SPEED} is
     * for.
     */
    public boolean admits(Algorithm algorithm) {
        return this != SPEED
                || algorithm.kind() == Algorithm.Kind.NONE
                || algorithm.kind() == Algorithm.Kind.LZ4;
    }

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
