package io.trueno.zram.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.SimdBackend;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Codecs that begin with scalar kernels and change over. */
class StartingTest {
    private static final SimdBackend WIDEST = SimdBackend.detect();

    private int made;

    private SimdBackend make(SimdBackend backend) {
        made++;
        return backend;
    }

    @Test
    void withoutAWarmUpTheBackendIsUsedAtOnce() {
        assertThat(new Starting<>(WIDEST, this::make).get()).isEqualTo(WIDEST);
        assertThat(made).isEqualTo(1);
    }

    @Test
    void untilVectorKernelsAreWarmTheScalarOnesServe() {
        VectorWarmUp.begin(WIDEST);
        Starting<SimdBackend> starting = new Starting<>(WIDEST, this::make);
        assertThat(starting.get()).isEqualTo(SimdBackend.SCALAR);
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (starting.get() != WIDEST) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.onSpinWait();
        }
        assertThat(made).isEqualTo(WIDEST == SimdBackend.SCALAR ? 1 : 2);
        starting.get();
        assertThat(made).isEqualTo(WIDEST == SimdBackend.SCALAR ? 1 : 2);
        assertThat(new Starting<>(WIDEST, this::make).get()).isEqualTo(WIDEST);
    }
}
