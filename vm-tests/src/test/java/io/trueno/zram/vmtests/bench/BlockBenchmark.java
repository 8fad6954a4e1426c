package io.trueno.zram.vmtests.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.trueno.zram.vmtests.GuestAgent;
import io.trueno.zram.vmtests.lab.Guest;
import io.trueno.zram.vmtests.lab.GuestSpec;
import io.trueno.zram.vmtests.lab.Machine;
import io.trueno.zram.vmtests.lab.Machines;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Kernel zram, a ublk server in C that does nothing, and our devices, by turns in one guest: fio on
 * the same pages, and the memory they take. Writes {@code target/block-benchmark-*.md}.
 *
 * <p>Run with {@code -Dtest=BlockBenchmark}, as benchmarks/README.md tells.
 */
class BlockBenchmark {
    private static final int MIB = 128;
    private static final int GUEST_MIB = 2048;
    private static final int PROCESSORS = Integer.getInteger("trueno.zram.benchmarkProcessors", 2);
    private static final int SECONDS = Integer.getInteger("trueno.zram.benchmarkSeconds", 1);
    private static final int WARM = Integer.getInteger("trueno.zram.benchmarkWarmSeconds", 10);
    private static final int ROUNDS = Integer.getInteger("trueno.zram.benchmarkRounds", 5);
    private static final int COLD_ROUNDS = 3;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String NONE = "–";
    private static final Set<Load> ALL = EnumSet.allOf(Load.class);

    private final Path kublk = Path.of("target/vm/kublk").toAbsolutePath();

    /** What fio does to a device. */
    private enum Load {
        READ_1("read, depth 1", "randread 1 psync"),
        READ_32("read, 32", "randread 32 io_uring"),
        WRITE_1("write, 1", "randwrite 1 psync"),
        WRITE_32("write, 32", "randwrite 32 io_uring");

        final String title;
        final String arguments;

        Load(String title, String arguments) {
            this.title = title;
            this.arguments = arguments;
        }
    }

    /** One run of fio: requests a second, and percentiles of microseconds. */
    private record Figures(long iops, long p50, long p99) {
        static Figures parse(String line) {
            String[] numbers = line.split("\t", -1);
            return new Figures(
                    Long.parseLong(numbers[0]),
                    Long.parseLong(numbers[1]),
                    Long.parseLong(numbers[2]));
        }

        @Override
        public String toString() {
            return "%d, %d / %d".formatted(iops, p50, p99);
        }
    }

    /** A device under test, and what was measured of it. */
    private static final class Subject {
        final String title;
        final String path;
        final String ratio;
        final Map<Load, List<Figures>> runs = new EnumMap<>(Load.class);

        Subject(String title, String path, String ratio, Set<Load> loads) {
            this.title = title;
            this.path = path;
            this.ratio = ratio;
            loads.forEach(load -> runs.put(load, new ArrayList<>()));
        }

        void measure(Guest guest, Load load) {
            measure(guest, load, path);
        }

        void measure(Guest guest, Load load, String on) {
            List<Figures> done = runs.get(load);
            if (done != null) {
                done.add(fio(guest, on, SECONDS, load.arguments));
            }
        }

        String row() {
            StringBuilder row = new StringBuilder("| " + title);
            for (Load load : Load.values()) {
                List<Figures> done = runs.get(load);
                row.append(" | ").append(done == null ? NONE : median(done));
            }
            return row + " | " + ratio + " |";
        }
    }

    private static Figures median(List<Figures> runs) {
        return runs.stream()
                .sorted(Comparator.comparingLong(Figures::iops))
                .toList()
                .get(runs.size() / 2);
    }

    @Test
    void devicesInTurn() throws Exception {
        buildKublk();
        Machine machine = Machines.newest().findFirst().orElseThrow();
        try (Guest guest = Guest.boot(machine, new GuestSpec(GUEST_MIB, PROCESSORS))) {
            try (InputStream script =
                    Objects.requireNonNull(getClass().getResourceAsStream("block-benchmark"))) {
                Files.copy(script, guest.exchange().resolve("block-benchmark"));
            }
            GuestAgent agent = new GuestAgent(guest);
            List<Subject> subjects = new ArrayList<>();
            guest.sh("modprobe ublk_drv; modprobe zram num_devices=2");
            subjects.add(kernelZram(guest, 0, "lz4"));
            subjects.add(kernelZram(guest, 1, "zstd"));
            guest.sh(kublk + " add -t null -q 1 -d 64 -n 9");
            subjects.add(new Subject("ublk null, C (kublk)", "/dev/ublkb9", NONE, ALL));
            Subject cold = justStarted(guest, agent);
            agent.start();
            Subject lz4 = ours(guest, agent, "lz4");
            subjects.add(lz4);
            subjects.add(ours(guest, agent, "zstd1"));
            subjects.add(sameFilled(agent));
            for (Subject subject : subjects) {
                for (Load load : subject.runs.keySet()) {
                    fio(guest, subject.path, WARM, load.arguments);
                }
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (Load load : Load.values()) {
                    for (Subject subject : subjects) {
                        subject.measure(guest, load);
                    }
                }
            }
            subjects.add(subjects.indexOf(lz4), cold);
            write(guest, machine, subjects, callsPerRequest(guest, agent, lz4));
        }
    }

    private void buildKublk() throws Exception {
        if (!Files.exists(kublk)) {
            Files.createDirectories(kublk.getParent());
            Process build =
                    new ProcessBuilder("benchmarks/build-kublk.sh", kublk.toString())
                            .inheritIO()
                            .start();
            assertThat(build.waitFor()).as("build-kublk.sh").isZero();
        }
    }

    private static Subject kernelZram(Guest guest, int number, String algorithm) {
        String path = "/dev/zram" + number;
        String files = "/sys/block/zram" + number;
        guest.sh(
                "echo %2$s >%1$s/comp_algorithm; echo %3$dM >%1$s/disksize"
                        .formatted(files, algorithm, MIB));
        fill(guest, path);
        String ratio = guest.sh("awk '{ printf \"%%.2f\", $1 / $3 }' %s/mm_stat".formatted(files));
        return new Subject("kernel zram " + algorithm, path, ratio, ALL);
    }

    /** Each load is the first that an agent serves, after its device was filled. */
    private static Subject justStarted(Guest guest, GuestAgent agent) {
        Subject subject =
                new Subject(
                        "trueno-zram ublk lz4, just started",
                        "",
                        NONE,
                        EnumSet.of(Load.READ_32, Load.WRITE_32));
        for (int round = 0; round < COLD_ROUNDS; round++) {
            for (Load load : subject.runs.keySet()) {
                agent.start();
                JsonObject device = agent.create(request("lz4"));
                String path = device.get("uri").getAsString();
                fill(guest, path);
                subject.measure(guest, load, path);
                agent.remove(device.get("name").getAsString());
                agent.stop();
            }
        }
        return subject;
    }

    private static Subject ours(Guest guest, GuestAgent agent, String algorithm) {
        JsonObject device = agent.create(request(algorithm));
        String path = device.get("uri").getAsString();
        fill(guest, path);
        JsonObject stats = agent.device(device.get("name").getAsString()).getAsJsonObject("stats");
        double used =
                stats.get("mem_used_total").getAsDouble()
                        + stats.get("index_bytes").getAsDouble()
                        + stats.get("dictionary_bytes").getAsDouble();
        double stored = stats.get("orig_data_size").getAsDouble();
        return new Subject(
                "trueno-zram ublk " + algorithm,
                path,
                String.format(Locale.ROOT, "%.2f", stored / used),
                ALL);
    }

    private static Subject sameFilled(GuestAgent agent) {
        String path = agent.create(request("lz4")).get("uri").getAsString();
        return new Subject(
                "trueno-zram ublk, same-filled pages",
                path,
                NONE,
                EnumSet.of(Load.READ_1, Load.READ_32)); // written to, they were others
    }

    private static JsonObject request(String algorithm) {
        JsonObject request = new JsonObject();
        request.addProperty("size_bytes", MIB << 20);
        request.addProperty("algorithm", algorithm);
        request.addProperty("backend", "ublk");
        return request;
    }

    /** What the queues' threads spend on a request at depth 32, by the agent's own count. */
    private static String callsPerRequest(Guest guest, GuestAgent agent, Subject subject) {
        List<String> figures = new ArrayList<>();
        for (String together : List.of("", " 16")) {
            for (Load load : List.of(Load.READ_32, Load.WRITE_32)) {
                JsonObject before = transport(agent, subject);
                fio(guest, subject.path, SECONDS, load.arguments + together);
                JsonObject after = transport(agent, subject);
                double calls = grown("ublk_system_calls", before, after);
                double requests = grown("ublk_requests", before, after);
                figures.add(String.format(Locale.ROOT, "%.2f", calls / requests));
            }
        }
        return "%s for a read, %s for a write; %s and %s where fio submits 16 together"
                .formatted(figures.toArray());
    }

    private static JsonObject transport(GuestAgent agent, Subject subject) {
        String name = "zram" + subject.path.replaceAll("\\D", "");
        return agent.device(name).getAsJsonObject("transport");
    }

    private static double grown(String counter, JsonObject before, JsonObject after) {
        return after.get(counter).getAsDouble() - before.get(counter).getAsDouble();
    }

    private static void fill(Guest guest, String path) {
        guest.sh(LIMIT, prologue() + "set +o pipefail\nfill %s %d".formatted(path, MIB));
    }

    private static Figures fio(Guest guest, String path, int seconds, String arguments) {
        return Figures.parse(
                guest.sh(
                        LIMIT,
                        prologue() + "load %s %d %d %s".formatted(path, MIB, seconds, arguments)));
    }

    private static String prologue() {
        return "pages='%s'\nsource /run/exchange/block-benchmark\n"
                .formatted(System.getProperty("trueno.zram.pages"));
    }

    private static void write(Guest guest, Machine machine, List<Subject> subjects, String calls)
            throws Exception {
        String name = machine.toString().toLowerCase(Locale.ROOT).replace(' ', '-');
        Path table = Path.of("target/block-benchmark-%s-%d.md".formatted(name, PROCESSORS));
        StringBuilder text =
                new StringBuilder(
                        """
                        %s, kernel %s, %d processor(s): IOPS, p50 / p99 in microseconds. Every device first had each load
                        for %d s, uncounted; then medians of %d rounds of %d s by turns. "Just started": the first %d s
                        of a load on an agent that was started and its device filled for it, medians of %d.

                        """
                                .formatted(
                                        machine,
                                        guest.sh("uname -r"),
                                        PROCESSORS,
                                        WARM,
                                        ROUNDS,
                                        SECONDS,
                                        SECONDS,
                                        COLD_ROUNDS));
        text.append("| device |");
        for (Load load : Load.values()) {
            text.append(' ').append(load.title).append(" |");
        }
        text.append(" ratio |\n|---|--:|--:|--:|--:|--:|\n");
        subjects.forEach(subject -> text.append(subject.row()).append('\n'));
        text.append("\nSystem calls of the agent for each request, lz4, depth 32: ")
                .append(calls)
                .append(".\n");
        Files.writeString(table, text);
        System.out.println(text);
    }
}
