package io.trueno.zram.agent.bench;

import io.trueno.zram.ublk.uring.Uring;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleConsumer;

/**
 * What an io_uring costs from Java: no-ops in batches, in turns with the same loop in C, compiled
 * here.
 */
public final class UringBench {
    private static final int ROUNDS_BETWEEN_LOOKS_AT_THE_CLOCK = 256;

    private UringBench() {}

    /**
     * Medians over the rounds.
     *
     * @param batch no-ops with one system call
     * @param rounds of each
     * @param java no-ops a second
     * @param c no-ops a second
     * @param ratio median of the rounds' Java by C
     */
    public record Result(int batch, int rounds, long java, long c, double ratio) {}

    /**
     * Measures.
     *
     * @param batch a power of two
     * @param seconds of each round
     * @throws IOException if the peer cannot be compiled or run
     */
    public static Result run(int batch, int rounds, double seconds, DoubleConsumer progress)
            throws IOException {
        Path folder = Files.createTempDirectory("trueno-zram-uring");
        Path source = folder.resolve("nops.c");
        Path peer = folder.resolve("nops");
        try (Uring ring = Uring.forOneThread(batch)) {
            try (InputStream code = UringBench.class.getResourceAsStream("nops.c")) {
                Files.copy(Objects.requireNonNull(code), source);
            }
            output(List.of("cc", "-O3", "-o", peer.toString(), source.toString()));
            List<String> command =
                    List.of(
                            peer.toString(),
                            Integer.toString(batch),
                            String.format(Locale.ROOT, "%.3f", seconds));
            noOps(ring, batch, seconds); // compiles
            double[] java = new double[rounds];
            double[] c = new double[rounds];
            double[] ratio = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                java[round] = noOps(ring, batch, seconds);
                c[round] = Double.parseDouble(output(command).strip());
                ratio[round] = java[round] / c[round];
                progress.accept((round + 1.0) / rounds);
            }
            return new Result(batch, rounds, (long) median(java), (long) median(c), median(ratio));
        } finally {
            Files.deleteIfExists(peer);
            Files.deleteIfExists(source);
            Files.delete(folder);
        }
    }

    private static double noOps(Uring ring, int batch, double seconds) {
        long done = 0;
        long sum = 0;
        long start = System.nanoTime();
        long nanos;
        do {
            for (int round = 0; round < ROUNDS_BETWEEN_LOOKS_AT_THE_CLOCK; round++) {
                for (int i = 0; i < batch; i++) {
                    ring.nop(i);
                }
                ring.submitAndWait(batch);
                int ready = ring.ready();
                for (int i = 0; i < ready; i++) {
                    sum += ring.userData(i);
                }
                ring.release(ready);
                done += ready;
            }
            nanos = System.nanoTime() - start;
        } while (nanos < seconds * 1e9);
        if (sum != done / batch * (batch * (batch - 1L) / 2)) {
            throw new IllegalStateException("completions are missing: sum=" + sum);
        }
        return done / (nanos / 1e9);
    }

    private static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command.getFirst() + " failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return said;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
