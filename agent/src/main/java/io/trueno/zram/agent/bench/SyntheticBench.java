package io.trueno.zram.agent.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/** {@code bench codec --synthetic}: the same codecs on patterns, and then on real pages. */
public final class SyntheticBench {
    /**
     * What the codecs make of one kind of pages.
     *
     * @param title the kind's name
     * @param synthetic whether no program ever had such pages
     */
    public record Pattern(String title, boolean synthetic, List<CodecResult> results) {}

    private SyntheticBench() {}

    /**
     * Runs the measurement.
     *
     * @param real pages of programs, for comparison
     * @param progress told the done fraction, 0 to 1, from time to time
     */
    public static List<Pattern> run(
            PageSet real, CodecBench.Options options, DoubleConsumer progress)
            throws InterruptedException {
        SyntheticPages[] kinds = SyntheticPages.values();
        List<Pattern> patterns = new ArrayList<>();
        for (SyntheticPages kind : kinds) {
            double done = (double) patterns.size() / (kinds.length + 1);
            patterns.add(
                    new Pattern(
                            kind.title(),
                            true,
                            CodecBench.run(
                                    kind.pages(),
                                    options,
                                    part -> progress.accept(done + part / (kinds.length + 1)))));
        }
        double done = (double) kinds.length / (kinds.length + 1);
        patterns.add(
                new Pattern(
                        "Real memory pages",
                        false,
                        CodecBench.run(
                                real,
                                options,
                                part -> progress.accept(done + part / (kinds.length + 1)))));
        return patterns;
    }
}
