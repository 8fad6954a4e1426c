package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A JVM that is started without the incubator module runs everything on SCALAR. */
class WithoutVectorModuleTest {
    @Test
    void pagesAreCompressedOnScalarAndTheMissingFlagIsNamedOnce()
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(output).contains("backend SCALAR, page came back");
        assertThat(output).containsOnlyOnce("start java with --add-modules=jdk.incubator.vector");
        assertThat(output).contains("AVX512: ").contains("NEON: ").doesNotContain("SCALAR: ");
    }

    /** Runs in the other JVM. */
    public static final class Main {
        private Main() {}

        public static void main(String[] arguments) {
            for (SimdBackend backend : SimdBackend.values()) {
                backend.whyUnavailable().ifPresent(why -> System.out.println(backend + ": " + why));
            }
            PageCompressor compressor = PageCompressor.builder().build();
            byte[] page = new byte[Pages.SIZE];
            page[77] = 1;
            boolean same =
                    java.util.Arrays.equals(page, compressor.decompress(compressor.compress(page)));
            System.out.println(
                    "backend " + compressor.backend() + ", page " + (same ? "came back" : "lost"));
        }
    }
}
