package io.trueno.zram.agent.demo;

import io.trueno.zram.agent.bench.PageSet;
import io.trueno.zram.agent.control.ControlClient;
import io.trueno.zram.agent.control.ControlException;
import io.trueno.zram.agent.device.DeviceRequest;
import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;

/**
 * How long an agent takes from its execution until it serves a device that is full of pages: the
 * agent is killed and executed again, and a client tries to connect and to read a page until that
 * succeeds.
 */
public final class StartBench {
    private static final String DEVICE = "zram0";
    private static final int DEPTH = 16;
    private static final int SLICE = 1 << 14;
    private static final int THOUSAND = 1000;
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 5;

    private final Path launcher;
    private final Path folder;
    private final PageSet samples;
    private final ByteBuffer sampleBytes;

    private StartBench(Path launcher, Path folder, PageSet samples) {
        this.launcher = launcher;
        this.folder = folder;
        this.samples = samples;
        sampleBytes = samples.memory().asByteBuffer();
    }

    /**
     * Medians over the rounds, and the range.
     *
     * @param size_bytes of the device, over NBD
     * @param seconds from the execution of the launcher until a page is read
     * @param cpu_seconds processor time of the agent until then, in hundredths
     * @param thousand_seconds until a thousand pages more are read, or all, sixteen at a time, by
     *     code that is not compiled yet
     */
    public record Result(
            long size_bytes,
            int rounds,
            double seconds,
            double least_seconds,
            double most_seconds,
            double cpu_seconds,
            double thousand_seconds) {}

    /**
     * Measures, with an agent of its own.
     *
     * @param launcher of the program
     * @param samples real pages, written again and again until the device is full
     * @param sizeBytes of the device, whole pages
     * @param progress told the done fraction, 0 to 1
     * @throws IOException if the agent does not serve, or gives another page than was written
     */
    public static Result run(
            Path launcher, PageSet samples, long sizeBytes, int rounds, DoubleConsumer progress)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("trueno-zram-start");
        StartBench bench = new StartBench(launcher, folder, samples);
        Process agent = bench.execute();
        try {
            bench.fill(agent, sizeBytes, done -> progress.accept(done / 2));
            double[] seconds = new double[rounds];
            double[] cpuSeconds = new double[rounds];
            double[] thousandSeconds = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                bench.awaitControl(agent); // killed earlier it leaves files behind
                kill(agent);
                long start = System.nanoTime();
                agent = bench.execute();
                bench.awaitPage(agent, round);
                seconds[round] = (System.nanoTime() - start) / 1e9;
                cpuSeconds[round] =
                        agent.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
                bench.readThousand(sizeBytes);
                thousandSeconds[round] = (System.nanoTime() - start) / 1e9;
                progress.accept(0.5 + (round + 1.0) / rounds / 2);
            }
            bench.awaitControl(agent);
            Arrays.sort(seconds);
            Arrays.sort(cpuSeconds);
            Arrays.sort(thousandSeconds);
            return new Result(
                    sizeBytes,
                    rounds,
                    seconds[rounds / 2],
                    seconds[0],
                    seconds[rounds - 1],
                    cpuSeconds[rounds / 2],
                    thousandSeconds[rounds / 2]);
        } finally {
            bench.leave(agent);
        }
    }

    private Process execute() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(launcher.toString(), "agent")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.to(log().toFile()));
        builder.environment().put("TRUENO_ZRAM_RUNTIME_DIR", folder.toString());
        return builder.start();
    }

    private Path log() {
        return folder.resolve("log");
    }

    private static void kill(Process agent) throws InterruptedException {
        agent.destroyForcibly().waitFor();
    }

    private void fill(Process agent, long sizeBytes, DoubleConsumer progress)
            throws IOException, InterruptedException {
        awaitControl(agent);
        new ControlClient(folder)
                .create(
                        new DeviceRequest(
                                DEVICE, sizeBytes, null, null, null, null, null, "nbd", false));
        long pages = Pages.count(sizeBytes);
        try (NbdClient client = connect()) {
            long[] nanos = new long[SLICE];
            for (long page = 0; page < pages; page += SLICE) {
                int count = (int) Math.min(SLICE, pages - page);
                client.run(NbdClient.WRITE, count, new Slice(page), nanos);
                progress.accept((double) page / pages);
            }
        }
    }

    private NbdClient connect() throws IOException {
        return new NbdClient(folder.resolve("nbd.sock"), DEVICE, DEPTH);
    }

    private void awaitPage(Process agent, long page) throws IOException, InterruptedException {
        await(
                agent,
                () -> {
                    try (NbdClient client = connect()) {
                        client.run(NbdClient.READ, 1, new Slice(page), new long[1]);
                        return true;
                    }
                });
    }

    private void readThousand(long sizeBytes) throws IOException {
        int count = (int) Math.min(THOUSAND, Pages.count(sizeBytes));
        try (NbdClient client = connect()) {
            client.run(NbdClient.READ, count, new Slice(0), new long[count]);
        }
    }

    private void awaitControl(Process agent) throws IOException, InterruptedException {
        ControlClient control = new ControlClient(folder);
        await(agent, () -> control.agent().pid() == agent.pid());
    }

    /** Whether something is there yet; an exception says no, too. */
    private interface Attempt {
        boolean succeeds() throws IOException;
    }

    private void await(Process agent, Attempt attempt) throws IOException, InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!succeeds(attempt)) {
            if (!agent.isAlive() || System.nanoTime() - end > 0) {
                throw new IOException("the agent does not serve: " + Files.readString(log()));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private static boolean succeeds(Attempt attempt) {
        try {
            return attempt.succeeds();
        } catch (IOException | ControlException e) {
            return false;
        }
    }

    /** Pages from one on, the samples over and over. */
    private final class Slice implements NbdClient.Work {
        private final long first;

        Slice(long first) {
            this.first = first;
        }

        @Override
        public long offset(int number) {
            return (first + number) << Pages.SHIFT;
        }

        @Override
        public ByteBuffer source(int number) {
            int sample = (int) ((first + number) % samples.count());
            return sampleBytes.slice(sample * Pages.SIZE, Pages.SIZE);
        }

        @Override
        public void took(int number, ByteBuffer page) {
            if (page.mismatch(source(number)) >= 0) {
                throw new Demo.WrongPageException(
                        "page " + (first + number) + " did not come back as it was written");
            }
        }
    }

    /** Takes the device and all files away. */
    private void leave(Process agent) throws IOException, InterruptedException {
        try {
            new ControlClient(folder).remove(DEVICE, true);
        } catch (ControlException e) {
            // It was not made, or its agent has failed, which was told.
        }
        agent.destroy();
        if (!agent.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            kill(agent);
        }
        Demo.delete(folder);
    }
}
