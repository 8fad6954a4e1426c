package io.trueno.zram.engine.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Which pages to write back, with the meaning of kernel zram's {@code writeback}
 * (Documentation/admin-guide/blockdev/zram.rst). Largest pages go first.
 *
 * @param idle only pages that are marked idle
 * @param huge only pages that did not compress when they were written
 * @param incompressible only pages that recompression could not make smaller either
 * @param ranges only pages in one of these; empty for all
 */
public record WritebackRequest(
        boolean idle, boolean huge, boolean incompressible, List<Range> ranges) {
    /**
     * Pages from {@code first} to {@code last}, both included.
     *
     * @param first at least 0
     */
    public record Range(long first, long last) {
        /** Checks the order. */
        public Range {
            if (first < 0 || last < first) {
                throw new IllegalArgumentException("not a range of pages: " + first + "-" + last);
            }
        }
    }

    /** Keeps a copy of the list. */
    public WritebackRequest {
        ranges = List.copyOf(ranges);
    }

    /**
     * Reads a request as it is written to kernel zram: {@code type=idle|huge|huge_idle|
     * incompressible} or that word alone, {@code page_index=N} and {@code page_indexes=LO-HI}, each
     * as often as needed.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static WritebackRequest parse(String line) {
        boolean idle = false;
        boolean huge = false;
        boolean incompressible = false;
        List<Range> ranges = new ArrayList<>();
        for (String word : line.strip().split("\\s+", -1)) {
            int equals = word.indexOf('=');
            String key = equals < 0 ? "type" : word.substring(0, equals);
            String value = word.substring(equals + 1);
            switch (key) {
                case "type" -> {
                    idle = value.equals("idle") || value.equals("huge_idle");
                    huge = value.equals("huge") || value.equals("huge_idle");
                    incompressible = value.equals("incompressible");
                    if (!idle && !huge && !incompressible) {
                        throw new IllegalArgumentException(
                                "unknown type '"
                                        + value
                                        + "': use idle, huge, huge_idle or incompressible");
                    }
                }
                case "page_index" -> ranges.add(new Range(number(value), number(value)));
                case "page_indexes" -> {
                    int dash = value.indexOf('-');
                    if (dash < 0) {
                        throw new IllegalArgumentException(
                                "page_indexes must be LO-HI, not '" + value + "'");
                    }
                    ranges.add(
                            new Range(
                                    number(value.substring(0, dash)),
                                    number(value.substring(dash + 1))));
                }
                default ->
                        throw new IllegalArgumentException(
                                "unknown word '"
                                        + word
                                        + "': use type=, page_index=, page_indexes=LO-HI");
            }
        }
        return new WritebackRequest(idle, huge, incompressible, ranges);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a page index: '" + text + "'", e);
        }
    }

    /** Whether a page lies in the ranges. */
    boolean covers(long page) {
        return ranges.isEmpty()
                || ranges.stream().anyMatch(r -> page >= r.first() && page <= r.last());
    }
}
