package io.trueno.zram.engine.select;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SelectionPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A decision tree over {@link PageFeatures}. A leaf holds what each method makes of the pages that
 * come to it, as measured: mean packed bytes and mean nanoseconds. A policy is a price, in bytes
 * per microsecond: the leaf's choice is the method with the least {@code bytes + price * time}.
 *
 * <p>Written by the trainer as lines of text; {@code node} and {@code leaf} lines are numbered
 * alike, and the tree starts at 0:
 *
 * <pre>
 * method ALGORITHM                                   one line each, in the order of the leaves
 * policy POLICY BYTES_PER_MILLISECOND      what a millisecond is worth
 * node   NUMBER FEATURE GREATEST_LEFT LEFT RIGHT     to LEFT while the feature is no greater
 * leaf   NUMBER {BYTES NANOSECONDS}                  one pair per method
 * </pre>
 *
 * Immutable, for any number of threads.
 */
public final class SelectionTree {
    private static final String RESOURCE = "selection.tree";

    /** Longest way from the root to a leaf that is believed. */
    private static final int MAX_DEPTH = 32;

    private static final class Shipped {
        static final SelectionTree INSTANCE = readResource();
    }

    private final List<Algorithm> methods = new ArrayList<>();
    private final Map<SelectionPolicy, Integer> prices = new EnumMap<>(SelectionPolicy.class);

    /** Per number: the feature's index, or -1 for a leaf. */
    private final int[] features;

    private final int[] greatestLeft;
    private final int[] left;
    private final int[] right;

    /** Per number: packed bytes and nanoseconds of each method; empty for nodes. */
    private final int[][] outcomes;

    private SelectionTree(int numbers) {
        features = new int[numbers];
        greatestLeft = new int[numbers];
        left = new int[numbers];
        right = new int[numbers];
        outcomes = new int[numbers][0];
    }

    /** The tree that comes with the engine. */
    public static SelectionTree shipped() {
        return Shipped.INSTANCE;
    }

    /**
     * Reads a tree.
     *
     * @throws IllegalArgumentException naming the line, if {@code lines} are not a whole tree
     */
    public static SelectionTree parse(List<String> lines) {
        List<String[]> rows =
                lines.stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .map(line -> line.split("\\s+"))
                        .toList();
        long numbers =
                rows.stream().filter(r -> r[0].equals("node") || r[0].equals("leaf")).count();
        SelectionTree tree = new SelectionTree(Math.toIntExact(numbers));
        for (String[] row : rows) {
            try {
                tree.readRow(row);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        "not a line of a selection tree: " + String.join(" ", row), e);
            }
        }
        if (numbers == 0 || tree.prices.size() != SelectionPolicy.values().length) {
            throw new IllegalArgumentException(
                    "a selection tree needs a leaf and a price for every policy: leaves and nodes="
                            + numbers);
        }
        tree.check(0, 0);
        return tree;
    }

    private void readRow(String[] row) {
        switch (row[0]) {
            case "method" -> methods.add(Algorithm.parse(row[1]));
            case "policy" -> prices.put(SelectionPolicy.parse(row[1]), Integer.parseInt(row[2]));
            case "node" -> {
                int number = Integer.parseInt(row[1]);
                features[number] = featureOf(row[2]);
                greatestLeft[number] = Integer.parseInt(row[3]);
                left[number] = Integer.parseInt(row[4]);
                right[number] = Integer.parseInt(row[5]);
            }
            case "leaf" -> {
                int number = Integer.parseInt(row[1]);
                features[number] = -1;
                outcomes[number] = new int[2 * methods.size()];
                for (int i = 0; i < outcomes[number].length; i++) {
                    outcomes[number][i] = Integer.parseInt(row[2 + i]);
                }
            }
            default -> throw new IllegalArgumentException("unknown word " + row[0]);
        }
    }

    private static int featureOf(String name) {
        int feature = PageFeatures.NAMES.indexOf(name);
        if (feature < 0) {
            throw new IllegalArgumentException("unknown feature " + name);
        }
        return feature;
    }

    /** No way leads in circles or to a leaf without outcomes. */
    private void check(int number, int depth) {
        if (number < 0
                || number >= features.length
                || depth > MAX_DEPTH
                || (features[number] < 0 && outcomes[number].length == 0)) {
            throw new IllegalArgumentException("a selection tree breaks off: number=" + number);
        }
        if (features[number] >= 0) {
            check(left[number], depth + 1);
            check(right[number], depth + 1);
        }
    }

    private static SelectionTree readResource() {
        try (InputStream in = SelectionTree.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("resource is missing: name=" + RESOURCE);
            }
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return parse(reader.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the leaves choose from. */
    public List<Algorithm> methods() {
        return List.copyOf(methods);
    }

    /** What a policy pays for speed, in bytes per millisecond. */
    public int price(SelectionPolicy policy) {
        Integer price = prices.get(policy);
        if (price == null) {
            throw new IllegalStateException("no price: policy=" + policy);
        }
        return price;
    }

    /** The number of the leaf that a sampled page comes to. */
    public int leafOf(PageFeatures page) {
        int number = 0;
        while (features[number] >= 0) {
            number =
                    page.get(features[number]) <= greatestLeft[number]
                            ? left[number]
                            : right[number];
        }
        return number;
    }

    /** Whether a number is a leaf's. */
    public boolean isLeaf(int number) {
        return features[number] < 0;
    }

    /** One more than the greatest number that {@link #leafOf} gives. */
    public int numbers() {
        return features.length;
    }

    /**
     * The method that a leaf takes at a price: an index into {@link #methods}.
     *
     * @param bytesPerMillisecond what a millisecond is worth
     */
    public int choose(int leaf, int bytesPerMillisecond) {
        return choose(leaf, bytesPerMillisecond, method -> true);
    }

    /** The method that a policy takes in a leaf: an index into {@link #methods}. */
    public int choose(int leaf, SelectionPolicy policy) {
        return choose(leaf, price(policy), policy::admits);
    }

    private int choose(int leaf, int bytesPerMillisecond, Predicate<Algorithm> admitted) {
        int best = 0;
        long bestCost = Long.MAX_VALUE;
        for (int m = 0; m < methods.size(); m++) {
            long cost =
                    outcomes[leaf][2 * m] * 1_000_000L
                            + outcomes[leaf][2 * m + 1] * (long) bytesPerMillisecond;
            if (cost < bestCost && admitted.test(methods.get(m))) {
                best = m;
                bestCost = cost;
            }
        }
        return best;
    }

    /** Mean packed bytes of a method on the pages of a leaf, as measured in training. */
    public int expectedBytes(int leaf, int method) {
        return outcomes[leaf][2 * method];
    }

    /** Which way leads to a leaf, in words. */
    public String why(int leaf) {
        List<String> way = new ArrayList<>();
        findWay(0, leaf, way);
        return way.isEmpty() ? "every page" : String.join(", ", way);
    }

    private boolean findWay(int from, int leaf, List<String> way) {
        if (features[from] < 0) {
            return from == leaf;
        }
        String feature = PageFeatures.NAMES.get(features[from]);
        way.add(feature + " <= " + greatestLeft[from]);
        if (findWay(left[from], leaf, way)) {
            return true;
        }
        way.set(way.size() - 1, feature + " > " + greatestLeft[from]);
        if (findWay(right[from], leaf, way)) {
            return true;
        }
        way.removeLast();
        return false;
    }
}
