package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import java.util.Arrays;

/**
 * Positions in a page by hash. An entry holds the position in its low 12 bits and the generation of
 * the page in its high four, so that the table is cleared once in fifteen pages. An entry that is
 * left from an older page is less than any of this page; readers take it for the page's first byte,
 * an honest candidate, as candidates are compared before they are used. So the pages before never
 * change a result.
 */
final class PageHashTable {
    private static final int GENERATIONS_END = 1 << Character.SIZE;

    final char[] entries;
    private int generation;

    PageHashTable(int log) {
        entries = new char[1 << log];
    }

    /** Begins a page; returns what to add to a position in the window to make its entry. */
    int startPage() {
        generation += Pages.SIZE;
        if (generation == GENERATIONS_END) {
            Arrays.fill(entries, (char) 0);
            generation = Pages.SIZE;
        }
        return generation - MatchWindow.PAGE;
    }
}
