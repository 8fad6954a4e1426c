package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.CodecResult;
import io.trueno.zram.agent.bench.SyntheticBench;
import java.util.List;
import java.util.Locale;

/** {@code bench codec} for people. */
final class CodecTable {
    private static final String RULE = "-".repeat(70);

    private CodecTable() {}

    /** All figures, a line per codec. */
    static String of(List<CodecResult> results) {
        TextTable table =
                new TextTable(
                        "CODEC",
                        ">LEVEL",
                        "IMPLEMENTATION",
                        "SIMD",
                        ">RATIO",
                        ">COMPRESS",
                        ">DECOMPRESS",
                        ">C-P50",
                        ">C-P99",
                        ">D-P50",
                        ">D-P99",
                        ">FAILURES");
        for (CodecResult r : results) {
            table.row(
                    name(r),
                    r.level(),
                    r.implementation(),
                    r.backend(),
                    number("%.3f", r.ratio()),
                    number("%.3f", r.compress_gb_s()),
                    number("%.3f", r.decompress_gb_s()),
                    number("%.2f", r.compress_p50_us()),
                    number("%.2f", r.compress_p99_us()),
                    number("%.2f", r.decompress_p50_us()),
                    number("%.2f", r.decompress_p99_us()),
                    r.round_trip_failures() + r.interop_failures());
        }
        return table.toString();
    }

    private static String name(CodecResult r) {
        if (r.policy() != null) {
            return r.codec() + " " + r.policy();
        }
        return r.dictionary() ? r.codec() + "+dict" : r.codec();
    }

    /** A block per pattern, in the layout that the patterns are known from. */
    static String ofPatterns(List<SyntheticBench.Pattern> patterns) {
        StringBuilder text = new StringBuilder();
        for (SyntheticBench.Pattern pattern : patterns) {
            text.append(
                    pattern.synthetic()
                            ? "Pattern: " + pattern.title() + " (synthetic: no memory looks so)"
                            : "Pattern: " + pattern.title());
            text.append('\n').append(RULE).append('\n');
            text.append(
                    String.format(
                            "%8s  %-18s %14s %16s %12s %-10s%n",
                            "Pages", "Algorithm", "Compress", "Decompress", "Ratio", "Backend"));
            for (CodecResult r : pattern.results()) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "%8d  %-18s %9.2f GB/s %11.2f GB/s %11.2fx %-10s%n",
                                r.pages(),
                                algorithm(r),
                                r.compress_gb_s(),
                                r.decompress_gb_s(),
                                r.ratio(),
                                r.implementation().equals("trueno")
                                        ? r.backend()
                                        : r.implementation()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String algorithm(CodecResult r) {
        return r.codec().startsWith("zstd") ? name(r) + " " + r.level() : name(r);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
