package io.trueno.zram.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SimdBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterBenchTest {
    @Test
    void everySizeIsMeasuredWithAndWithoutADictionary() throws Exception {
        List<ClusterBench.Result> results =
                ClusterBench.run(
                        SamplePages.files().subList(0, 2),
                        16 << 10,
                        SimdBackend.SCALAR,
                        1,
                        done -> {});

        assertThat(results)
                .extracting(ClusterBench.Result::cluster_pages)
                .containsExactly(1, 2, 4, 8, 1, 2, 4, 8);
        assertThat(results)
                .allSatisfy(r -> {
                    assertThat(r.pages()).isEqualTo(96);
                    assertThat(r.compress_us()).isPositive();
                    assertThat(r.read_p50_us()).isPositive();
                    assertThat(r.round_trip_failures()).isZero();
                });
        assertThat(results.get(3).ratio()).isGreaterThan(results.getFirst().ratio());
    }
}
