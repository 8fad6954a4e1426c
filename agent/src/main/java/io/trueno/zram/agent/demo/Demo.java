package io.trueno.zram.agent.demo;

import io.trueno.zram.agent.bench.PageSet;
import io.trueno.zram.agent.control.ControlClient;
import io.trueno.zram.agent.daemon.Agent;
import io.trueno.zram.agent.daemon.Upgrade;
import io.trueno.zram.agent.device.DeviceRequest;
import io.trueno.zram.agent.device.DeviceStatus;
import io.trueno.zram.config.AgentConfig;
import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceDefaults;
import io.trueno.zram.config.NbdConfig;
import io.trueno.zram.config.StorePolicy;
import io.trueno.zram.config.UblkConfig;
import io.trueno.zram.engine.Pages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;

/**
 * Starts an agent in a private folder, makes a device through its control socket, writes real pages
 * over an NBD connection, reads them back in random order and compares every byte.
 */
public final class Demo {
    private static final int DEPTH = 16;
    private static final int WARM_UP_ROUNDS = 2;
    private static final int MEASURED_ROUNDS = 3;
    private static final int ROUNDS = WARM_UP_ROUNDS + MEASURED_ROUNDS;
    private static final long ORDER_SEED = 42;

    private final PageSet samples;
    private final int devicePages;
    private final String algorithm;
    private final DoubleConsumer progress;
    private final ByteBuffer sampleBytes;
    private final int[] order;
    private int steps;

    private Demo(PageSet samples, long sizeBytes, String algorithm, DoubleConsumer progress) {
        this.samples = samples;
        this.devicePages = Math.toIntExact(Pages.count(sizeBytes));
        this.algorithm = algorithm;
        this.progress = progress;
        sampleBytes = samples.memory().asByteBuffer();
        order = shuffled(devicePages);
    }

    /**
     * Runs the demo.
     *
     * @param samples real pages, written again and again until the device is full
     * @param sizeBytes of the device, at most 1 GiB
     * @param algorithm of the device
     * @param progress told the done fraction, 0 to 1
     * @throws IOException if a page did not come back as it was, or a socket failed
     */
    public static DemoResult run(
            PageSet samples, long sizeBytes, String algorithm, DoubleConsumer progress)
            throws IOException {
        return new Demo(samples, sizeBytes, algorithm, progress).run();
    }

    private DemoResult run() throws IOException {
        Path folder = Files.createTempDirectory("trueno-zram-demo");
        try (Agent _ = Agent.start(config(folder), "demo", new Upgrade(List.of()))) {
            ControlClient agent = new ControlClient(folder);
            String name = agent.create(request()).name();
            try {
                return exercise(folder, agent, name);
            } finally {
                agent.remove(name, true);
            }
        } finally {
            delete(folder);
        }
    }

    private AgentConfig config(Path folder) {
        return new AgentConfig(
                folder,
                Optional.empty(),
                new NbdConfig(folder.resolve("nbd.sock"), Optional.empty()),
                new UblkConfig(1, 1, Pages.SIZE),
                new DeviceDefaults(
                        OptionalLong.empty(),
                        algorithm,
                        StorePolicy.SPEED,
                        0,
                        0,
                        64 << 20,
                        DeviceBackend.NBD,
                        false),
                List.of());
    }

    private DeviceRequest request() {
        long sizeBytes = (long) devicePages << Pages.SHIFT;
        return new DeviceRequest(null, sizeBytes, algorithm, null, null, null, null, null, null);
    }

    private DemoResult exercise(Path folder, ControlClient agent, String name) throws IOException {
        long sizeBytes = (long) devicePages << Pages.SHIFT;
        long[][] writeNanos = new long[MEASURED_ROUNDS][];
        long[][] readNanos = new long[MEASURED_ROUNDS][];
        long[] writeRounds = new long[MEASURED_ROUNDS];
        long[] readRounds = new long[MEASURED_ROUNDS];
        try (NbdClient client = new NbdClient(folder.resolve("nbd.sock"), name, DEPTH)) {
            if (client.sizeBytes() != sizeBytes) {
                throw new IOException("the export has a wrong size: " + client.sizeBytes());
            }
            for (int round = 0; round < ROUNDS; round++) {
                long[] writes = new long[devicePages];
                long[] reads = new long[devicePages];
                long start = System.nanoTime();
                client.run(NbdClient.WRITE, devicePages, new Round(round), writes);
                long written = System.nanoTime();
                client.run(NbdClient.READ, devicePages, new Round(round), reads);
                long read = System.nanoTime();
                int measured = round - WARM_UP_ROUNDS;
                if (measured >= 0) {
                    writeNanos[measured] = writes;
                    readNanos[measured] = reads;
                    writeRounds[measured] = written - start;
                    readRounds[measured] = read - written;
                }
            }
        }
        DeviceStatus status = agent.status(name);
        return new DemoResult(
                status,
                samples.count(),
                devicePages,
                DEPTH,
                speed(writeNanos, writeRounds),
                speed(readNanos, readRounds));
    }

    /** One pass over the device in random order; every round moves the samples by one page. */
    private final class Round implements NbdClient.Work {
        private final int shift;

        Round(int shift) {
            this.shift = shift;
        }

        @Override
        public long offset(int number) {
            return (long) order[number] << Pages.SHIFT;
        }

        @Override
        public ByteBuffer source(int number) {
            step();
            int sample = (order[number] + shift) % samples.count();
            return sampleBytes.slice(sample * Pages.SIZE, Pages.SIZE);
        }

        @Override
        public void took(int number, ByteBuffer page) {
            step();
            if (page.mismatch(source(number)) >= 0) {
                throw new WrongPageException(
                        "page " + order[number] + " did not come back as it was written");
            }
        }

        private void step() {
            if ((++steps & 0xfff) == 0) {
                progress.accept((double) steps / (3.0 * ROUNDS * devicePages));
            }
        }
    }

    /** The demo's verdict is negative. */
    public static final class WrongPageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongPageException(String message) {
            super(message);
        }
    }

    private DemoResult.Speed speed(long[][] nanos, long[] rounds) {
        long[] all = Arrays.stream(nanos).flatMapToLong(Arrays::stream).sorted().toArray();
        long[] sortedRounds = rounds.clone();
        Arrays.sort(sortedRounds);
        double bytes = (double) devicePages * Pages.SIZE;
        return new DemoResult.Speed(
                bytes * 1e3 / sortedRounds[sortedRounds.length / 2],
                all[all.length / 2] / 1e3,
                all[(int) (all.length * 0.99)] / 1e3);
    }

    private static int[] shuffled(int count) {
        int[] order = new int[count];
        Random random = new Random(ORDER_SEED);
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
