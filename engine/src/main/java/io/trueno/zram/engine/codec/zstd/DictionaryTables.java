package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;

/**
 * Fits the entropy tables of a dictionary to one level of {@link ZstdPageEncoder}. A trainer fits
 * them to its own encoder, and what a quick and a dense encoder make of a page differs so much that
 * each does better with tables of its own.
 */
public final class DictionaryTables {
    private DictionaryTables() {}

    /**
     * The dictionary with other tables: the same id, the same repeat offsets, and, but for what the
     * tables take more at its beginning, the same content. Takes the time of compressing the pages.
     *
     * @param dictionary in the format of RFC 8878, section 5; at most 64 KiB of content
     * @param level of the encoder that will use it
     * @param pages holds {@code count} pages back to back, such as the dictionary is for
     * @return a dictionary no longer than the one given
     * @throws io.trueno.zram.engine.CorruptPageException if it is not a dictionary of this format
     * @throws IllegalArgumentException if the level or the length of the content is not supported
     */
    public static byte[] fit(byte[] dictionary, int level, MemorySegment pages, int count) {
        ZstdDictionary parsed = ZstdDictionary.parse(dictionary);
        ZstdPageEncoder encoder =
                new ZstdPageEncoder(level, PreparedDictionary.of(parsed), SimdBackend.detect());
        TableCounts counts = new TableCounts();
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        for (int i = 0; i < count; i++) {
            if (encoder.encodeBlocks(pages, (long) i * Pages.SIZE, packed)
                    != PageCodec.INCOMPRESSIBLE) {
                counts.count(encoder.lastSequences());
            }
        }
        return counts.dictionary(
                        parsed.id(), parsed.repeatOffsets(), parsed.content(), dictionary.length)
                .orElse(dictionary);
    }
}
