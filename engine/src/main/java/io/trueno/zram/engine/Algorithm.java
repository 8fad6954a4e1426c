package io.trueno.zram.engine;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a page is stored, named as zram names it.
 *
 * @param kind the method
 * @param level the method's level; 0 where it has none
 */
public record Algorithm(Kind kind, int level) {
    /** The methods, without their levels. */
    public enum Kind {
        /** Stored as it is. */
        NONE,
        /** One repeated 8-byte word; takes no slot. */
        SAME_FILL,
        /** LZ4 block format; the level is the acceleration, 1 is the default. */
        LZ4,
        /** LZ4 block format from an optimal parser; levels as in the reference library. */
        LZ4HC,
        /** RFC 8878 Zstandard. */
        ZSTD,
        /** Zstandard in haste, with tables that come with the engine instead of the page's own. */
        ZSTD_STATIC,
        /** Chosen page by page from the others. */
        ADAPTIVE
    }

    public static final Algorithm NONE = new Algorithm(Kind.NONE, 0);
    public static final Algorithm SAME_FILL = new Algorithm(Kind.SAME_FILL, 0);
    public static final Algorithm LZ4 = new Algorithm(Kind.LZ4, 1);
    public static final Algorithm LZ4HC = new Algorithm(Kind.LZ4HC, 9);
    public static final Algorithm ZSTD_STATIC = new Algorithm(Kind.ZSTD_STATIC, 0);
    public static final Algorithm ADAPTIVE = new Algorithm(Kind.ADAPTIVE, 0);

    private static final Pattern SYNTAX =
            Pattern.compile(
                    "("
                            + Arrays.stream(Kind.values())
                                    .map(Algorithm::name)
                                    .sorted(Comparator.reverseOrder()) // lz4hc before lz4
                                    .collect(Collectors.joining("|"))
                            + ")(?:(\\d{1,2})|\\(level=(-?\\d{1,3})\\))?");

    /** Checks the level against the method's range. */
    public Algorithm {
        int min =
                switch (kind) {
                    case NONE, SAME_FILL, ZSTD_STATIC, ADAPTIVE -> 0;
                    case LZ4, LZ4HC -> 1;
                    case ZSTD -> -7;
                };
        int max =
                switch (kind) {
                    case NONE, SAME_FILL, ZSTD_STATIC, ADAPTIVE -> 0;
                    case LZ4 -> 64;
                    case LZ4HC -> 12;
                    case ZSTD -> 22;
                };
        if (level < min || level > max) {
            throw new IllegalArgumentException(
                    "level of "
                            + name(kind)
                            + " must be "
                            + min
                            + " to "
                            + max
                            + ": level="
                            + level);
        }
    }

    /**
     * Zstandard at {@code level}, -7 to 22. There are codecs for -1, 1 and 3, and for 19, the dense
     * one for recompression.
     */
    public static Algorithm zstd(int level) {
        return new Algorithm(Kind.ZSTD, level);
    }

    /**
     * Reads a name as zram and zram-generator write it: {@code lz4}, {@code lz4hc}, {@code zstd}
     * (level 3 as in the kernel), with a level as {@code zstd(level=1)} or {@code zstd1}; and
     * {@code zstd-static}, {@code none}, {@code same-fill}, {@code adaptive}.
     *
     * @throws IllegalArgumentException naming what is accepted
     */
    public static Algorithm parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            Kind kind = Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT).replace('-', '_'));
            String level = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
            return level == null ? byDefault(kind) : new Algorithm(kind, Integer.parseInt(level));
        }
        throw new IllegalArgumentException(
                "unknown algorithm '"
                        + text
                        + "': use lz4, lz4hc, zstd, zstd(level=N), zstd-static, none or adaptive");
    }

    private static Algorithm byDefault(Kind kind) {
        return switch (kind) {
            case NONE -> NONE;
            case SAME_FILL -> SAME_FILL;
            case LZ4 -> LZ4;
            case LZ4HC -> LZ4HC;
            case ZSTD -> zstd(3);
            case ZSTD_STATIC -> ZSTD_STATIC;
            case ADAPTIVE -> ADAPTIVE;
        };
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The bare name that zram uses in {@code comp_algorithm}. */
    public String zramName() {
        return name(kind);
    }

    /** What {@link #parse} reads back: the name, with the level where it is not the default. */
    @Override
    public String toString() {
        return equals(byDefault(kind)) ? zramName() : zramName() + "(level=" + level + ")";
    }
}
