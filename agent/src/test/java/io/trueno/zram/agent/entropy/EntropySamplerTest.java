package io.trueno.zram.agent.entropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SamplePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntropySamplerTest {
    @TempDir Path folder;

    private final EntropySampler sampler = new EntropySampler(List.of(Algorithm.LZ4));

    private EntropyReport sample(Path path, int samples) throws IOException {
        try (PageSource source = new FilePages(path)) {
            return sampler.sample(source, samples, done -> {});
        }
    }

    @Test
    void aFileOfZerosTakesNothing() throws IOException {
        EntropyReport report = sample(Files.write(folder.resolve("zeros"), new byte[40960]), 100);
        assertThat(report.pages()).isEqualTo(10);
        assertThat(report.samePages()).isEqualTo(10);
        assertThat(report.entropyBits()).isZero();
        assertThat(report.codecs().getFirst().ratio()).isZero();
    }

    @Test
    void randomBytesDoNotShrink() throws IOException {
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        EntropyReport report = sample(Files.write(folder.resolve("random"), bytes), 1000);
        assertThat(report.entropyBits()).isBetween(7.9, 8.0);
        assertThat(report.codecs().getFirst().ratio()).isEqualTo(1);
        assertThat(report.codecs().getFirst().incompressible()).isEqualTo(256);
    }

    @Test
    void twoEquallyFrequentBytesAreOneBit() throws IOException {
        byte[] bytes = new byte[4096];
        Arrays.fill(bytes, 0, 2048, (byte) 1);
        EntropyReport report = sample(Files.write(folder.resolve("half"), bytes), 1);
        assertThat(report.entropyBits()).isCloseTo(1, within(1e-12));
    }

    @Test
    void realPagesOfAFolderShrinkByMoreThanTwo() throws IOException {
        EntropyReport report = sample(SamplePages.folder(), 10_000);
        assertThat(report.sampled()).isGreaterThanOrEqualTo(SamplePages.all().size());
        assertThat(report.codecs().getFirst().ratio()).isGreaterThan(2);
    }

    @Test
    void aSampleIsSpreadOverTheWholeSource() throws IOException {
        byte[] bytes = new byte[1000 * 4096];
        new Random(2).nextBytes(bytes);
        Arrays.fill(bytes, 500 * 4096, bytes.length, (byte) 0);
        EntropyReport report = sample(Files.write(folder.resolve("halves"), bytes), 100);
        assertThat(report.sampled()).isEqualTo(100);
        assertThat(report.samePages()).isEqualTo(50);
    }

    @Test
    void theRestOfTheLastPageIsZeros() throws IOException {
        EntropyReport report = sample(Files.write(folder.resolve("short"), new byte[] {1, 2}), 10);
        assertThat(report.pages()).isEqualTo(1);
        assertThat(report.codecs().getFirst().ratio()).isGreaterThan(50);
    }

    @Test
    void nothingToSampleIsAnError() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> new FilePages(empty)).hasMessageContaining("nothing in it");
        assertThatThrownBy(() -> new FilePages(folder.resolve("none")))
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> new ProcessPages(Integer.MAX_VALUE + 1L))
                .hasMessageContaining("no process");
    }

    @Test
    void ourOwnMemoryCanBeLookedAt() throws IOException {
        try (PageSource self = new ProcessPages(ProcessHandle.current().pid())) {
            EntropyReport report = sampler.sample(self, 500, done -> {});
            assertThat(report.pages()).isGreaterThan(1000);
            assertThat(report.sampled()).isGreaterThan(400);
            assertThat(report.codecs().getFirst().ratio()).isGreaterThan(1);
        }
    }
}
