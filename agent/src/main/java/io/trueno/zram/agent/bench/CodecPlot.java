package io.trueno.zram.agent.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Draws lines of {@code bench codec} as an SVG picture: ratio against compress speed, and beside it
 * against decompress speed, speeds on a logarithmic scale.
 */
public final class CodecPlot {
    private static final int PANEL_WIDTH = 560;
    private static final int PANEL_HEIGHT = 440;
    private static final int LEFT = 60;
    private static final int TOP = 60;
    private static final int BOTTOM = 60;
    private static final int GAP = 60;
    private static final int LINE = 13;

    private final List<CodecResult> results;
    private final StringBuilder svg = new StringBuilder();

    private CodecPlot(List<CodecResult> results) {
        this.results = results;
    }

    /**
     * The picture.
     *
     * @param results one line at least; those at the same pages belong together
     * @throws IllegalArgumentException if there are none
     */
    public static String svg(List<CodecResult> results) {
        if (results.isEmpty()) {
            throw new IllegalArgumentException("nothing to draw: give lines of bench codec --json");
        }
        return new CodecPlot(results).draw();
    }

    private String draw() {
        int width = LEFT + 2 * PANEL_WIDTH + GAP + 20;
        int height = TOP + PANEL_HEIGHT + BOTTOM;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                        + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">",
                width, height, width, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
        add(
                "<text x=\"%d\" y=\"22\" font-size=\"15\">Ratio against speed, %d real memory"
                        + " pages of 4 KiB, one per call, %d thread</text>",
                LEFT, results.getFirst().pages(), results.getFirst().threads());
        drawLegend();
        panel(LEFT, "compress, 1e9 bytes/s", CodecResult::compress_gb_s);
        panel(LEFT + PANEL_WIDTH + GAP, "decompress, 1e9 bytes/s", CodecResult::decompress_gb_s);
        add("</svg>");
        return svg.toString();
    }

    private void drawLegend() {
        int x = LEFT;
        for (String implementation :
                results.stream().map(CodecResult::implementation).distinct().toList()) {
            add("<circle cx=\"%d\" cy=\"40\" r=\"5\" fill=\"%s\"/>", x, color(implementation));
            add("<text x=\"%d\" y=\"44\">%s</text>", x + 9, escape(implementation));
            x += 30 + 7 * implementation.length();
        }
    }

    private void panel(int left, String axis, ToDoubleFunction<CodecResult> speed) {
        double slowest = results.stream().mapToDouble(speed).min().orElseThrow();
        double fastest = results.stream().mapToDouble(speed).max().orElseThrow();
        double from = Math.log(slowest * 0.85);
        double to = Math.log(fastest * 1.35);
        double low = results.stream().mapToDouble(CodecResult::ratio).min().orElseThrow();
        double high = results.stream().mapToDouble(CodecResult::ratio).max().orElseThrow();
        double bottom = Math.floor(low * 5 - 0.5) / 5;
        double top = Math.ceil(high * 5 + 0.5) / 5;
        add(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\""
                        + " stroke=\"#888888\"/>",
                left, TOP, PANEL_WIDTH, PANEL_HEIGHT);
        for (double ratio = bottom; ratio <= top + 1e-9; ratio += 0.2) {
            double y = y(ratio, bottom, top);
            add(
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>",
                    left, y, left + PANEL_WIDTH, y);
            add(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>",
                    left - 5, y + 4, ratio);
        }
        for (double tick : ticks(Math.exp(from), Math.exp(to))) {
            double x = x(tick, left, from, to);
            add(
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#e4e4e4\"/>",
                    x, TOP, x, TOP + PANEL_HEIGHT);
            add(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    x, TOP + PANEL_HEIGHT + 16, number(tick));
        }
        add(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                left + PANEL_WIDTH / 2, TOP + PANEL_HEIGHT + 36, axis);
        points(left, speed, from, to, bottom, top);
    }

    /** Labels are put from the top down, each below the one before where they would overlap. */
    private void points(
            int left,
            ToDoubleFunction<CodecResult> speed,
            double from,
            double to,
            double bottom,
            double top) {
        List<double[]> taken = new ArrayList<>();
        List<CodecResult> sorted = new ArrayList<>(results);
        sorted.sort(Comparator.comparingDouble(CodecResult::ratio).reversed());
        for (CodecResult result : sorted) {
            double x = x(speed.applyAsDouble(result), left, from, to);
            taken.add(new double[] {x - 6, y(result.ratio(), bottom, top) + 4, 12});
        }
        for (CodecResult result : sorted) {
            double x = x(speed.applyAsDouble(result), left, from, to);
            double y = y(result.ratio(), bottom, top);
            String label = label(result);
            double width = 6.2 * label.length();
            boolean rightOfPoint = x + 8 + width < left + PANEL_WIDTH;
            double labelLeft = rightOfPoint ? x + 9 : x - 9 - width;
            double labelY = y + 4;
            while (overlaps(taken, labelLeft, labelY, width)) {
                labelY += 1;
            }
            taken.add(new double[] {labelLeft, labelY, width});
            String color = color(result.implementation());
            add(
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                            + " stroke-width=\"0.5\"/>",
                    x, y, rightOfPoint ? labelLeft : x - 8, labelY - 4, color);
            add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\"/>", x, y, color);
            add(
                    "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>",
                    labelLeft, labelY, color, escape(label));
        }
    }

    private static boolean overlaps(List<double[]> taken, double left, double y, double width) {
        return taken.stream()
                .anyMatch(t ->
                        Math.abs(t[1] - y) < LINE && left < t[0] + t[2] && t[0] < left + width);
    }

    private static double x(double speed, int left, double from, double to) {
        return left + (Math.log(speed) - from) / (to - from) * PANEL_WIDTH;
    }

    private static double y(double ratio, double bottom, double top) {
        return TOP + (top - ratio) / (top - bottom) * PANEL_HEIGHT;
    }

    private static List<Double> ticks(double from, double to) {
        List<Double> ticks = new ArrayList<>();
        for (double decade = 0.001; decade <= 1000; decade *= 10) {
            for (int step : new int[] {1, 2, 5}) {
                double tick = decade * step;
                if (tick >= from && tick <= to) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    private static String label(CodecResult r) {
        if (r.policy() != null) {
            return r.codec() + " " + r.policy();
        }
        String name = r.codec() + " " + r.level() + (r.dictionary() ? " + dictionary" : "");
        return r.implementation().equals("trueno") ? name + " " + r.backend() : name;
    }

    private static String color(String implementation) {
        return switch (implementation) {
            case "trueno" -> "#c4320a";
            case "liblz4" -> "#1f6fb2";
            case "libzstd" -> "#2e7d32";
            default -> "#777777";
        };
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceFirst("\\.?0+$", "");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is in no library of ours
    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
