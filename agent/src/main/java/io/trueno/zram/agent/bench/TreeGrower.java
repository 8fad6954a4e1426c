package io.trueno.zram.agent.bench;

import io.trueno.zram.agent.bench.SelectionSamples.Sample;
import io.trueno.zram.engine.select.PageFeatures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grows a tree that groups pages which want the same method. Greedy: each split is the one after
 * which the best single choice per side costs least, summed over several prices of time, so that
 * one tree serves every policy. The same samples give the same tree.
 */
final class TreeGrower {
    /** Prices, in bytes per millisecond, that splits are judged at: from thrifty to hasty. */
    private static final int[] PRICES = {
        10_000, 30_000, 60_000, 80_000, 100_000, 120_000, 140_000, 160_000
    };

    private static final int MAX_DEPTH = 6;

    /** A leaf of fewer pages than this share of all says more about them than about pages. */
    private static final double MIN_LEAF_SHARE = 0.006;

    private final int[] features;
    private final int methods;
    private final int minLeaf;

    private TreeGrower(int[] features, int methods, int minLeaf) {
        this.features = features;
        this.methods = methods;
        this.minLeaf = minLeaf;
    }

    /**
     * A node, or a leaf where both sides are null.
     *
     * @param outcomes mean packed bytes and mean nanoseconds of each method in turn
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Node(
            int feature,
            int greatestLeft,
            @Nullable Node left,
            @Nullable Node right,
            int[] outcomes) {
        /** The leaf that a page comes to. */
        Node leafOf(int[] pageFeatures) {
            Node node = this;
            while (node.left != null && node.right != null) {
                node = pageFeatures[node.feature] <= node.greatestLeft ? node.left : node.right;
            }
            return node;
        }

        /** The method with the least cost at a price. */
        int choose(int bytesPerMillisecond) {
            int best = 0;
            long bestCost = Long.MAX_VALUE;
            for (int m = 0; m < outcomes.length / 2; m++) {
                long cost =
                        outcomes[2 * m] * 1_000_000L
                                + outcomes[2 * m + 1] * (long) bytesPerMillisecond;
                if (cost < bestCost) {
                    best = m;
                    bestCost = cost;
                }
            }
            return best;
        }

        /** The lines of a {@link io.trueno.zram.engine.select.SelectionTree}, numbered from 0. */
        List<String> lines() {
            List<String> lines = new ArrayList<>();
            write(lines);
            return lines;
        }

        private int write(List<String> lines) {
            int number = lines.size();
            lines.add("");
            StringBuilder line = new StringBuilder();
            if (left != null && right != null) {
                int leftNumber = left.write(lines);
                int rightNumber = right.write(lines);
                line.append("node ").append(number);
                line.append(' ').append(PageFeatures.NAMES.get(feature));
                line.append(' ').append(greatestLeft);
                line.append(' ').append(leftNumber).append(' ').append(rightNumber);
            } else {
                line.append("leaf ").append(number);
                for (int value : outcomes) {
                    line.append(' ').append(value);
                }
            }
            lines.set(number, line.toString());
            return number;
        }
    }

    /**
     * Grows a tree.
     *
     * @param samples what it learns from
     * @param features indices of the features it may look at
     */
    static Node grow(List<Sample> samples, int methods, int... features) {
        int minLeaf = Math.max(4, (int) (samples.size() * MIN_LEAF_SHARE));
        return new TreeGrower(features, methods, minLeaf).grow(samples, 0);
    }

    private Node grow(List<Sample> samples, int depth) {
        long leastCost = cost(sums(samples));
        int bestFeature = -1;
        int greatestLeft = 0;
        if (depth < MAX_DEPTH) {
            for (int feature : features) {
                List<Sample> sorted = sorted(samples, feature);
                long[] left = new long[2 * methods];
                long[] right = sums(samples);
                for (int i = 0; i + 1 < sorted.size(); i++) {
                    move(sorted.get(i), right, left);
                    int value = sorted.get(i).features()[feature];
                    boolean between = value != sorted.get(i + 1).features()[feature];
                    if (between && i + 1 >= minLeaf && sorted.size() - i - 1 >= minLeaf) {
                        long cost = cost(left) + cost(right);
                        if (cost < leastCost) {
                            leastCost = cost;
                            bestFeature = feature;
                            greatestLeft = value;
                        }
                    }
                }
            }
        }
        if (bestFeature < 0) {
            return new Node(-1, 0, null, null, means(samples));
        }
        List<Sample> left = new ArrayList<>();
        List<Sample> right = new ArrayList<>();
        for (Sample sample : samples) {
            (sample.features()[bestFeature] <= greatestLeft ? left : right).add(sample);
        }
        return new Node(
                bestFeature,
                greatestLeft,
                grow(left, depth + 1),
                grow(right, depth + 1),
                means(samples));
    }

    private static List<Sample> sorted(List<Sample> samples, int feature) {
        List<Sample> sorted = new ArrayList<>(samples);
        sorted.sort(Comparator.comparingInt(s -> s.features()[feature]));
        return sorted;
    }

    private void move(Sample sample, long[] from, long[] to) {
        for (int m = 0; m < methods; m++) {
            from[2 * m] -= sample.bytes()[m];
            to[2 * m] += sample.bytes()[m];
            from[2 * m + 1] -= sample.nanos()[m];
            to[2 * m + 1] += sample.nanos()[m];
        }
    }

    private long[] sums(List<Sample> samples) {
        long[] sums = new long[2 * methods];
        long[] nowhere = new long[2 * methods];
        samples.forEach(s -> move(s, nowhere, sums));
        return sums;
    }

    /** What the best method costs, in millionths of a byte, summed over the prices. */
    private long cost(long[] sums) {
        long all = 0;
        for (int price : PRICES) {
            long least = Long.MAX_VALUE;
            for (int m = 0; m < methods; m++) {
                least = Math.min(least, sums[2 * m] * 1_000_000L + sums[2 * m + 1] * price);
            }
            all += least;
        }
        return all;
    }

    private int[] means(List<Sample> samples) {
        long[] sums = sums(samples);
        int[] means = new int[sums.length];
        for (int i = 0; i < sums.length; i++) {
            means[i] = Math.toIntExact(sums[i] / samples.size());
        }
        return means;
    }
}
