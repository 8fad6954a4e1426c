package io.trueno.zram.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them, in bytes.
 *
 * <p>A number, perhaps with decimals, and a unit as in util-linux: {@code K M G T} and {@code KiB
 * MiB GiB TiB} are powers of 1024, {@code KB MB GB TB} powers of 1000, {@code B} or nothing is
 * bytes. Letter case does not matter. A percentage is one of the machine's memory.
 */
public final class ByteSize {
    private static final Pattern SYNTAX =
            Pattern.compile("(\\d{1,19}(?:\\.\\d{1,6})?)\\s*(%|[kmgt]?b?|[kmgt]ib)");
    private static final String UNITS = "kmgt";
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private ByteSize() {}

    /**
     * Reads a size.
     *
     * @param totalMemoryBytes asked only for a percentage
     * @return bytes, 0 or more; fractions of a byte are dropped
     * @throws IllegalArgumentException if {@code text} is not a size; the message says what is
     */
    public static long parse(String text, LongSupplier totalMemoryBytes) {
        Matcher matcher = SYNTAX.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "not a size: use a number with K, M, G or T (512M, 1.5G), or a percentage of"
                            + " memory (50%)");
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        String unit = matcher.group(2);
        BigDecimal bytes =
                unit.equals("%")
                        ? percentage(number, totalMemoryBytes.getAsLong())
                        : number.multiply(factor(unit));
        if (bytes.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("size too large: at most " + Long.MAX_VALUE);
        }
        return bytes.setScale(0, RoundingMode.DOWN).longValueExact();
    }

    private static BigDecimal percentage(BigDecimal percent, long totalBytes) {
        return percent.multiply(BigDecimal.valueOf(totalBytes)).movePointLeft(2);
    }

    private static BigDecimal factor(String unit) {
        if (unit.isEmpty() || unit.equals("b")) {
            return BigDecimal.ONE;
        }
        int power = UNITS.indexOf(unit.charAt(0)) + 1;
        boolean decimal = unit.length() == 2; // "kb", where "k" and "kib" are binary
        return BigDecimal.valueOf(decimal ? 1000 : 1024).pow(power);
    }

    /** Prints a size for people: {@code 512B}, {@code 64M}, {@code 1.5G}; one decimal at most. */
    public static String format(long bytes) {
        if (bytes < 1024) {
            return bytes + "B";
        }
        int power = Math.min(UNITS.length(), (63 - Long.numberOfLeadingZeros(bytes)) / 10);
        BigDecimal value =
                BigDecimal.valueOf(bytes)
                        .divide(BigDecimal.valueOf(1024).pow(power), 1, RoundingMode.HALF_UP)
                        .stripTrailingZeros();
        return value.toPlainString() + Character.toUpperCase(UNITS.charAt(power - 1));
    }
}
