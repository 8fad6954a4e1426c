package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Positions in a window by hash, sixteen bits each.
 *
 * <p>Without a dictionary, an entry holds the position in the page in its low 12 bits and the
 * generation of the page in its high four, so that the table is cleared once in fifteen pages. An
 * entry that is left from an older page is less than any of this page; readers take it for the
 * lowest position, an honest candidate, as candidates are compared before they are used. So the
 * pages before never change a result.
 *
 * <p>With a dictionary, every page starts from a copy of a table over the dictionary's content,
 * which costs much less than asking a second table at every position of the page.
 */
final class PageHashTable {
    private static final int GENERATIONS_END = 1 << Character.SIZE;

    final char[] entries;
    private final char @Nullable [] prepared;
    private int generation;

    PageHashTable(int log) {
        entries = new char[1 << log];
        prepared = null;
    }

    PageHashTable(PreparedDictionary dictionary) {
        prepared = dictionary.positions;
        entries = new char[prepared.length];
    }

    /** Begins a page; returns what to add to a position in the window to make its entry. */
    int startPage() {
        if (prepared != null) {
            System.arraycopy(prepared, 0, entries, 0, entries.length);
            return -PreparedDictionary.FIRST_POSITION;
        }
        generation += Pages.SIZE;
        if (generation == GENERATIONS_END) {
            Arrays.fill(entries, (char) 0);
            generation = Pages.SIZE;
        }
        return generation - MatchWindow.PAGE;
    }
}
