package io.trueno.zram.agent.bench;

import io.trueno.zram.agent.bench.SelectionSamples.Sample;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.select.PageFeatures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * {@code bench selection}: trains the predictor of {@link
 * io.trueno.zram.engine.AdaptiveCompressor}, and shows what it is worth: bytes saved against time
 * at many prices, beside the best possible choice, order-0 entropy and no choice at all.
 *
 * <p>Every predictor, entropy's too, is charged the time of sampling a page; counting all bytes for
 * the entropy would take several times as long.
 *
 * <p>The curves come from the workload that was left out of training, one after the other; the tree
 * that is written has seen all.
 */
public final class SelectionBench {
    /** What the predictor chooses from. */
    public static final List<Algorithm> METHODS =
            List.of(
                    Algorithm.NONE,
                    Algorithm.LZ4,
                    Algorithm.ZSTD_STATIC,
                    Algorithm.zstd(1),
                    Algorithm.zstd(3));

    /** Prices of the curves, bytes per millisecond. */
    private static final int[] CURVE = {
        0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 70_000, 75_000, 80_000, 85_000, 90_000,
        95_000, 100_000, 105_000, 110_000, 115_000, 120_000, 125_000, 130_000, 135_000, 140_000,
        150_000, 160_000, 170_000, 180_000, 200_000, 300_000, 500_000
    };

    /**
     * What {@code balanced} must save of what Zstandard level 1 saves, of pages that it has seen.
     */
    private static final double BALANCED_SAVED = 0.97;

    /**
     * The same of workloads that the tree has not seen. The static tables have seen them, so of
     * pages that are quite new about a hundredth less is saved.
     */
    private static final double BALANCED_SAVED_UNSEEN = 0.975;

    /** LZ4 that saves less than this in a millisecond is not worth it to {@code speed}. */
    private static final int SPEED_PRICE = 100_000;

    private static final int RATIO_PRICE = 2_500;

    private final SelectionSamples samples;
    private final int reference;
    private final long referenceSaved;
    private final double referenceNanos;

    private SelectionBench(SelectionSamples samples) {
        this.samples = samples;
        reference = samples.methods().indexOf(Algorithm.zstd(1));
        referenceSaved = samples.samples().stream().mapToLong(s -> saved(s, reference)).sum();
        referenceNanos = samples.samples().stream().mapToLong(s -> s.nanos()[reference]).sum();
    }

    /**
     * What was found.
     *
     * @param points of all curves
     * @param tree lines of a {@link io.trueno.zram.engine.select.SelectionTree}
     */
    public record Outcome(List<SelectionPoint> points, List<String> tree) {}

    /**
     * Measures and trains.
     *
     * @param files one workload each, two at least
     * @param progress told the done fraction, 0 to 1, from time to time
     * @throws IOException if a file cannot be read
     */
    public static Outcome run(
            List<Path> files, SimdBackend backend, int rounds, DoubleConsumer progress)
            throws IOException {
        if (files.size() < 2) {
            throw new IllegalArgumentException(
                    "training leaves out one workload in turn: name two files at least");
        }
        return evaluate(SelectionSamples.measure(files, METHODS, backend, rounds, progress));
    }

    static Outcome evaluate(SelectionSamples samples) {
        return new SelectionBench(samples).evaluate();
    }

    private Outcome evaluate() {
        int[] cheap = IntStream.range(0, PageFeatures.NAMES.size()).toArray();
        List<SelectionPoint> points = new ArrayList<>();
        for (int m = 0; m < samples.methods().size(); m++) {
            int method = m;
            points.add(point("always " + samples.methods().get(m), 0, s -> method, 0));
        }
        List<SelectionPoint> held = heldOutCurve("predictor", cheap);
        points.addAll(held);
        points.addAll(heldOutCurve("entropy", SelectionSamples.ENTROPY));
        for (int price : CURVE) {
            points.add(point("oracle", price, s -> cheapest(s, price), 0));
        }
        TreeGrower.Node tree = TreeGrower.grow(samples.samples(), samples.methods().size(), cheap);
        List<SelectionPoint> seen = new ArrayList<>();
        for (int price : CURVE) {
            seen.add(
                    point(
                            "predictor, workload seen",
                            price,
                            s -> tree.leafOf(s.features()).choose(price),
                            samples.featureNanos()));
        }
        points.addAll(seen);
        int balanced =
                Math.min(dearest(held, BALANCED_SAVED_UNSEEN), dearest(seen, BALANCED_SAVED));
        return new Outcome(points, lines(tree, balanced));
    }

    private List<SelectionPoint> heldOutCurve(String selector, int... features) {
        Map<Integer, TreeGrower.Node> trees = new HashMap<>();
        for (int workload : samples.workloads()) {
            List<Sample> others =
                    samples.samples().stream().filter(s -> s.workload() != workload).toList();
            trees.put(workload, TreeGrower.grow(others, samples.methods().size(), features));
        }
        List<SelectionPoint> curve = new ArrayList<>();
        for (int price : CURVE) {
            curve.add(
                    point(
                            selector,
                            price,
                            s ->
                                    trees.getOrDefault(s.workload(), neverMissing())
                                            .leafOf(s.features())
                                            .choose(price),
                            samples.featureNanos()));
        }
        return curve;
    }

    private static TreeGrower.Node neverMissing() {
        return new TreeGrower.Node(-1, 0, null, null, new int[2]);
    }

    private static int cheapest(Sample sample, int price) {
        int[] outcomes = new int[2 * sample.bytes().length];
        for (int m = 0; m < sample.bytes().length; m++) {
            outcomes[2 * m] = sample.bytes()[m];
            outcomes[2 * m + 1] = sample.nanos()[m];
        }
        return new TreeGrower.Node(-1, 0, null, null, outcomes).choose(price);
    }

    private SelectionPoint point(
            String selector, int price, ToIntFunction<Sample> choice, double overheadNanos) {
        long saved = 0;
        double nanos = overheadNanos * samples.samples().size();
        int[] shares = new int[samples.methods().size()];
        for (Sample sample : samples.samples()) {
            int method = choice.applyAsInt(sample);
            saved += saved(sample, method);
            nanos += sample.nanos()[method];
            shares[method]++;
        }
        int pages = samples.samples().size();
        return new SelectionPoint(
                selector,
                price,
                (double) saved / referenceSaved,
                nanos / referenceNanos,
                Arrays.stream(shares).mapToObj(n -> (double) n / pages).toList());
    }

    private static long saved(Sample sample, int method) {
        return (long) Pages.SIZE - sample.bytes()[method];
    }

    private List<String> lines(TreeGrower.Node tree, int balancedPrice) {
        List<String> lines = new ArrayList<>();
        lines.add("# Written by: trueno-zram bench selection --train FILE --pages ...");
        lines.add("# Format: io.trueno.zram.engine.select.SelectionTree");
        samples.methods().forEach(m -> lines.add("method " + m));
        lines.add(policy(SelectionPolicy.SPEED, SPEED_PRICE));
        lines.add(policy(SelectionPolicy.BALANCED, balancedPrice));
        lines.add(policy(SelectionPolicy.RATIO, RATIO_PRICE));
        lines.addAll(tree.lines());
        return Collections.unmodifiableList(lines);
    }

    private static String policy(SelectionPolicy policy, int price) {
        return "policy " + policy + " " + price;
    }

    /** The greatest price of a curve at which this share is still saved. */
    private static int dearest(List<SelectionPoint> curve, double saved) {
        return curve.stream()
                .filter(p -> p.saved() >= saved)
                .mapToInt(SelectionPoint::price)
                .max()
                .orElse(RATIO_PRICE);
    }
}
