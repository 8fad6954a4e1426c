package io.trueno.zram.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that was probably meant. */
final class NearMiss {
    private static final int MOST_EDITS = 3;

    private NearMiss() {}

    /**
     * The candidate with the fewest edits from {@code text}, if it is close: at most three edits
     * and fewer than half the word.
     */
    static Optional<String> among(Collection<String> candidates, String text) {
        return candidates.stream()
                .filter(c -> isClose(distance(c, text), c.length()))
                .min(Comparator.comparingInt(c -> distance(c, text)));
    }

    private static boolean isClose(int edits, int length) {
        return edits <= MOST_EDITS && 2 * edits < length;
    }

    /** Levenshtein's distance: insertions, deletions and replacements of one letter. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        return row[b.length()];
    }
}
