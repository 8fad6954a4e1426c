package io.trueno.zram.engine.codec.zstd;

import static io.trueno.zram.engine.codec.zstd.MatchWindow.word;

import java.util.Arrays;

/**
 * Where in a dictionary's content the bytes of a position occur last, by hash of 4, 6, 8, 12 and 16
 * bytes. Answers are places from the content's start; one that was never set reads as the first
 * place, an honest candidate. Immutable, for any number of threads; weighs 640 KiB.
 */
final class DenseDictionary {
    private static final int LOG = 16;
    private static final int SHIFT = Long.SIZE - LOG;

    /** Length of the content. */
    final int bytes;

    private final char[] by4 = new char[1 << LOG];
    private final char[] by6 = new char[1 << LOG];
    private final char[] by8 = new char[1 << LOG];
    private final char[] by12 = new char[1 << LOG];
    private final char[] by16 = new char[1 << LOG];

    /**
     * @param content at most 64 KiB; not kept
     */
    DenseDictionary(byte[] content) {
        bytes = content.length;
        byte[] padded = Arrays.copyOf(content, bytes + 2 * Long.BYTES);
        for (int at = 0; at + 4 <= bytes; at++) {
            long low = word(padded, at);
            int left = bytes - at;
            put(by4, MatchHash.of4(low), at);
            if (left >= 6) {
                put(by6, MatchHash.of6(low), at);
            }
            if (left >= 8) {
                put(by8, MatchHash.of8(low), at);
            }
            if (left >= 12) {
                put(by12, MatchHash.of16(low, word(padded, at + 4)), at);
            }
            if (left >= 16) {
                put(by16, MatchHash.of16(low, word(padded, at + 8)), at);
            }
        }
    }

    private static void put(char[] table, long hash, int place) {
        table[(int) (hash >>> SHIFT)] = (char) place;
    }

    int lastOf4(long word) {
        return by4[(int) (MatchHash.of4(word) >>> SHIFT)];
    }

    int lastOf6(long word) {
        return by6[(int) (MatchHash.of6(word) >>> SHIFT)];
    }

    int lastOf8(long word) {
        return by8[(int) (MatchHash.of8(word) >>> SHIFT)];
    }

    /**
     * @param fourOn the word four bytes on
     */
    int lastOf12(long word, long fourOn) {
        return by12[(int) (MatchHash.of16(word, fourOn) >>> SHIFT)];
    }

    /**
     * @param hash {@link MatchHash#of16} of sixteen bytes
     */
    int lastOf16(long hash) {
        return by16[(int) (hash >>> SHIFT)];
    }
}
