package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.kernel.RawMemory;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * How the table of places begins a page, so that the pages before never change a result: every
 * entry is the page's first place, an honest candidate, as candidates are compared before they are
 * used; or, with a dictionary, a copy of a table over its content, which costs much less than
 * asking a second table at every position of the page.
 */
final class PlaceTable {
    private static final long FIRST_PLACE = 0xF000_F000_F000_F000L;

    /** Bytes that a match found by hash has at least, if nothing else is said. */
    static final int HASH_BYTES = 5;

    private static final int HASH_LOG =
            Integer.numberOfTrailingZeros(SearchMemory.TABLE_BYTES / Short.BYTES);

    private PlaceTable() {}

    /** Distance of a word's entry from the table's start. */
    static long slot(long word) {
        return slot(word, unhashedBits(HASH_BYTES));
    }

    /** The same by another number of bytes. */
    static long slot(long word, int unhashedBits) {
        return Short.BYTES
                * ((word * (0xCF1BBCDCB7A56463L << unhashedBits)) >>> (Long.SIZE - HASH_LOG));
    }

    /** Bits of a word above those that are hashed. */
    static int unhashedBits(int hashBytes) {
        return Long.SIZE - hashBytes * Byte.SIZE;
    }

    static void start(SearchMemory memory, @Nullable PreparedDictionary dictionary) {
        if (dictionary != null) {
            MemorySegment.copy(
                    dictionary.places,
                    0,
                    memory.block(),
                    SearchMemory.TABLE,
                    SearchMemory.TABLE_BYTES);
        } else {
            long table = RawMemory.address(memory.base()) + SearchMemory.TABLE;
            for (int i = 0; i < SearchMemory.TABLE_BYTES; i += Long.BYTES) {
                RawMemory.putLong(table + i, FIRST_PLACE);
            }
        }
    }
}
