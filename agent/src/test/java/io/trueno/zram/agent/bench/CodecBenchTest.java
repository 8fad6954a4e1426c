package io.trueno.zram.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodecBenchTest {
    private static final List<SelectionPolicy> BALANCED = List.of(SelectionPolicy.BALANCED);

    private static CodecBench.Options options(int threads, Algorithm... algorithms) {
        return new CodecBench.Options(
                List.of(algorithms), List.of(SimdBackend.SCALAR), BALANCED, true, threads, 1);
    }

    private static List<Path> twoFiles() {
        return SamplePages.files().subList(0, 2);
    }

    @Test
    void everySubjectIsMeasuredAndItsPagesComeBack() throws Exception {
        List<CodecResult> results =
                CodecBench.run(
                        PageSet.load(twoFiles()),
                        options(2, Algorithm.LZ4, Algorithm.zstd(1), Algorithm.ADAPTIVE),
                        done -> {});

        assertThat(results)
                .extracting(r -> r.codec() + " " + r.implementation())
                .containsExactly(
                        "lz4 trueno",
                        "lz4 liblz4",
                        "lz4 aircompressor",
                        "zstd trueno",
                        "zstd libzstd",
                        "adaptive trueno");
        assertThat(results)
                .allSatisfy(r -> {
                    assertThat(r.pages()).isEqualTo(192);
                    assertThat(r.threads()).isEqualTo(2);
                    assertThat(r.ratio()).isGreaterThan(1);
                    assertThat(r.compress_gb_s()).isPositive();
                    assertThat(r.round_trip_failures()).isZero();
                    assertThat(r.interop_failures()).isZero();
                });
        assertThat(results.getLast().policy()).isEqualTo("balanced");
    }

    @Test
    void dictionariesAreTestedOnPagesTheyHaveNotSeen() throws Exception {
        DictionaryBench.Outcome outcome =
                DictionaryBench.run(twoFiles(), 4096, options(1, Algorithm.zstd(1)), done -> {});

        assertThat(outcome.results())
                .extracting(CodecResult::dictionary)
                .containsExactly(false, false, true, true);
        assertThat(outcome.results())
                .allSatisfy(r -> {
                    assertThat(r.pages()).isEqualTo(96);
                    assertThat(r.round_trip_failures()).isZero();
                });
        assertThat(outcome.verdicts())
                .hasSize(2)
                .allSatisfy(v -> {
                    assertThat(v.dictionary_bytes()).isBetween(1, 4096);
                    assertThat(v.reason()).contains("not trained on");
                });
    }

    @Test
    void patternsAreNamedAsSyntheticAndRealPagesAreNot() throws Exception {
        List<SyntheticBench.Pattern> patterns =
                SyntheticBench.run(PageSet.load(twoFiles()), options(1, Algorithm.LZ4), done -> {});

        assertThat(patterns)
                .extracting(SyntheticBench.Pattern::synthetic)
                .containsExactly(true, true, true, true, false);
        assertThat(patterns.getFirst().results().getFirst().ratio()).isGreaterThan(100);
        assertThat(patterns.get(3).results().getFirst().ratio()).isCloseTo(1, within(1e-9));
    }

    @Test
    void batchesAreMeasuredOverOneThreadAndOverAll() throws Exception {
        List<BatchBench.Result> results =
                BatchBench.run(
                        PageSet.load(twoFiles()),
                        options(2, Algorithm.LZ4, Algorithm.ADAPTIVE),
                        done -> {});

        assertThat(results).extracting(BatchBench.Result::threads).containsExactly(1, 2, 1, 2);
        assertThat(results).allSatisfy(r -> assertThat(r.over_one_thread()).isPositive());
    }

    @Test
    void thePictureHasAPointPerLineInBothPanels() throws Exception {
        List<CodecResult> results =
                CodecBench.run(PageSet.load(twoFiles()), options(1, Algorithm.LZ4), done -> {});

        String svg = CodecPlot.svg(results);

        assertThat(svg).startsWith("<svg").endsWith("</svg>\n");
        assertThat(svg.split("<circle", -1)).hasSize(1 + 3 + 2 * 3); // the legend's, and points
        assertThat(svg).contains("lz4 1 SCALAR");
    }
}
