package io.trueno.zram.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.agent.bench.SelectionSamples.Sample;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.select.SelectionTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SelectionBenchTest {
    private static final long SEED = 20261121;
    private static final int[] ALL_FEATURES = IntStream.range(0, 8).toArray();

    /** Two kinds of pages: Zstandard gains much on those with few zero bytes, nothing on others. */
    private static SelectionSamples samples() {
        Random random = new Random(SEED);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            boolean pays = random.nextBoolean();
            int[] features = new int[SelectionSamples.ENTROPY + 1];
            for (int f = 0; f < features.length; f++) {
                features[f] = random.nextInt(64);
            }
            features[1] = pays ? random.nextInt(100) : 100 + random.nextInt(100);
            int lz4 = 1500 + random.nextInt(200);
            int zstd = pays ? lz4 - 700 : lz4 - 10;
            samples.add(
                    new Sample(
                            i % 4,
                            features,
                            new int[] {4096, lz4, zstd, zstd, zstd},
                            new int[] {100, 4000, 8000, 9000, 12000}));
        }
        return new SelectionSamples(SelectionBench.METHODS, samples, 100);
    }

    @Test
    void theTreeFindsTheFeatureThatMatters() {
        TreeGrower.Node tree = TreeGrower.grow(samples().samples(), 5, ALL_FEATURES);

        assertThat(tree.feature()).isEqualTo(1);
        assertThat(tree.greatestLeft()).isEqualTo(99);
    }

    @Test
    void whatShipsDecidesAsWhatWasGrown() {
        SelectionSamples samples = samples();
        TreeGrower.Node grown = TreeGrower.grow(samples.samples(), 5, ALL_FEATURES);
        SelectionTree shipped = SelectionTree.parse(SelectionBench.evaluate(samples).tree());
        int price = shipped.price(SelectionPolicy.BALANCED);

        assertThat(shipped.choose(leafNumber(shipped, grown, 0), price))
                .isEqualTo(grown.leafOf(new int[9]).choose(price));
    }

    /** The number of the leaf that always going left leads to: numbers follow that way. */
    private static int leafNumber(SelectionTree tree, TreeGrower.Node node, int number) {
        return node.left() == null ? number : leafNumber(tree, node.left(), number + 1);
    }

    @Test
    void theSameSamplesGiveTheSameTree() {
        assertThat(SelectionBench.evaluate(samples()).tree())
                .isEqualTo(SelectionBench.evaluate(samples()).tree());
    }

    @Test
    void theOracleIsBeatenByNobodyAtItsPrice() {
        List<SelectionPoint> points = SelectionBench.evaluate(samples()).points();
        for (SelectionPoint oracle : points) {
            if (oracle.selector().equals("oracle")) {
                points.stream()
                        .filter(p -> p.price() == oracle.price())
                        .filter(p -> p.selector().startsWith("predictor"))
                        .forEach(p ->
                                assertThat(
                                                p.saved() < oracle.saved() + 1e-9
                                                        || p.time() > oracle.time() - 1e-9)
                                        .as(p.toString())
                                        .isTrue());
            }
        }
    }

    @Test
    void theHeldOutPredictorIsCheaperThanAlwaysZstandardAndSavesAlmostAsMuch() {
        assertThat(SelectionBench.evaluate(samples()).points())
                .anyMatch(p ->
                        p.selector().equals("predictor") && p.saved() > 0.98 && p.time() < 0.8);
    }
}
