package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import java.util.Optional;

/**
 * Which pages to recompress and how, with the meaning of kernel zram's {@code recompress}
 * (Documentation/admin-guide/blockdev/zram.rst): largest pages first; a page keeps its new form if
 * that is smaller, and smaller than the threshold.
 *
 * @param idle only pages that are marked idle
 * @param huge only incompressible pages
 * @param thresholdBytes only pages packed to at least this; 0 for all
 * @param maxPages most pages to try; 0 for no limit
 * @param effort how hard to try, where no algorithm is named
 * @param algorithm to use, page by page; empty for what the effort says
 */
public record RecompressionRequest(
        boolean idle,
        boolean huge,
        int thresholdBytes,
        long maxPages,
        RecompressionEffort effort,
        Optional<Algorithm> algorithm) {
    /** Everything that can be gained, on every page. */
    public static final RecompressionRequest ALL =
            new RecompressionRequest(
                    false, false, 0, 0, RecompressionEffort.MOST, Optional.empty());

    private static final int PRIORITIES = 3;

    /** Checks the ranges. */
    public RecompressionRequest {
        if (thresholdBytes < 0 || thresholdBytes >= PagePacker.HUGE_PACKED_BYTES) {
            throw new IllegalArgumentException(
                    "threshold must be below "
                            + PagePacker.HUGE_PACKED_BYTES
                            + " bytes, where pages count as huge: threshold="
                            + thresholdBytes);
        }
        if (maxPages < 0) {
            throw new IllegalArgumentException("max_pages must not be negative: " + maxPages);
        }
        algorithm.ifPresent(RecompressionRequest::requirePacking);
    }

    private static void requirePacking(Algorithm algorithm) {
        switch (algorithm.kind()) {
            case LZ4, LZ4HC, ZSTD -> {}
            case NONE, SAME_FILL, ZSTD_STATIC, ADAPTIVE ->
                    throw new IllegalArgumentException(
                            "pages are not recompressed with " + algorithm + ": use lz4hc or zstd");
        }
    }

    /**
     * Reads a request as it is written to kernel zram: {@code type=idle|huge|huge_idle}, {@code
     * threshold=BYTES}, {@code max_pages=N}, {@code algo=NAME}, {@code priority=1..3}, in any
     * order, each of them optional. The priority is the effort: 1 for Zstandard, 2 with
     * dictionaries, 3 for everything, which is the default.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static RecompressionRequest parse(String line) {
        boolean idle = false;
        boolean huge = false;
        int threshold = 0;
        long maxPages = 0;
        RecompressionEffort effort = RecompressionEffort.MOST;
        Optional<Algorithm> algorithm = Optional.empty();
        for (String word : line.strip().split("\\s+", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            int equals = word.indexOf('=');
            String key = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? "" : word.substring(equals + 1);
            switch (key) {
                case "type" -> {
                    idle = value.equals("idle") || value.equals("huge_idle");
                    huge = value.equals("huge") || value.equals("huge_idle");
                    if (!idle && !huge) {
                        throw new IllegalArgumentException(
                                "unknown type '" + value + "': use idle, huge or huge_idle");
                    }
                }
                case "threshold" -> threshold = (int) number(key, value, Integer.MAX_VALUE);
                case "max_pages" -> maxPages = number(key, value, Long.MAX_VALUE);
                case "algo" -> algorithm = Optional.of(Algorithm.parse(value));
                case "priority" ->
                        effort =
                                RecompressionEffort.ofPriority(
                                        (int) Math.max(1, number(key, value, PRIORITIES)));
                default ->
                        throw new IllegalArgumentException(
                                "unknown word '"
                                        + word
                                        + "': use type=, threshold=, max_pages=, algo=, priority=");
            }
        }
        return new RecompressionRequest(idle, huge, threshold, maxPages, effort, algorithm);
    }

    private static long number(String key, String value, long most) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                key + " must be a number from 0 to " + most + ", not '" + value + "'");
    }
}
