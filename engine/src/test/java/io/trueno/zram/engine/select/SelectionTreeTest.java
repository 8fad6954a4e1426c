package io.trueno.zram.engine.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SelectionPolicy;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTreeTest {
    private static final List<String> SMALL =
            List.of(
                    "# two kinds of pages",
                    "method none",
                    "method lz4",
                    "method zstd(level=1)",
                    "policy speed 900000",
                    "policy balanced 50000",
                    "policy ratio 0",
                    "node 0 zero-words 10 1 2",
                    "leaf 1 4096 100 2000 5000 1500 10000",
                    "leaf 2 4096 100 400 2000 380 8000");

    @Test
    void aPriceOfTimeMovesTheChoiceToFasterMethods() {
        SelectionTree tree = SelectionTree.parse(SMALL);

        assertThat(tree.choose(1, 0)).isEqualTo(2);
        assertThat(tree.choose(1, 50_000)).isEqualTo(2);
        assertThat(tree.choose(1, 110_000)).isEqualTo(1);
        assertThat(tree.choose(1, 900_000)).isEqualTo(0);
    }

    @Test
    void aPageGoesToTheLeafOfItsCounts() {
        SelectionTree tree = SelectionTree.parse(SMALL);
        byte[] page = new byte[Pages.SIZE];

        assertThat(tree.leafOf(sampled(page))).isEqualTo(2);
        Arrays.fill(page, (byte) 'a');
        assertThat(tree.leafOf(sampled(page))).isEqualTo(1);
    }

    @Test
    void aLeafSaysWhichWayLeadsToIt() {
        SelectionTree tree = SelectionTree.parse(SMALL);

        assertThat(tree.why(1)).isEqualTo("zero-words <= 10");
        assertThat(tree.why(2)).isEqualTo("zero-words > 10");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "node 0 zero-words 10 1 7",
                "node 0 zero-wings 10 1 2",
                "node 0 zero-words 10 0 0",
                "leaf 1 4096 100",
                "leaf 9 4096 100 2000 5000 1500 10000",
                "twig 1",
                "method brotli",
                "policy speed fast"
            })
    void brokenTreesAreRefused(String line) {
        List<String> broken = new ArrayList<>(SMALL);
        String start = line.replaceFirst("^(\\S+ \\S+).*", "$1");
        broken.removeIf(l -> l.startsWith(start));
        broken.add(line);

        assertThatThrownBy(() -> SelectionTree.parse(broken))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("selection tree");
    }

    @Test
    void theTreeThatShipsKnowsEveryPolicy() {
        SelectionTree tree = SelectionTree.shipped();

        assertThat(tree.methods().getFirst()).isEqualTo(Algorithm.NONE);
        assertThat(tree.price(SelectionPolicy.RATIO))
                .isLessThan(tree.price(SelectionPolicy.BALANCED));
        assertThat(tree.price(SelectionPolicy.RATIO)).isLessThan(tree.price(SelectionPolicy.SPEED));
    }

    private static PageFeatures sampled(byte[] page) {
        PageFeatures features = new PageFeatures();
        features.sample(MemorySegment.ofArray(page), 0);
        return features;
    }
}
