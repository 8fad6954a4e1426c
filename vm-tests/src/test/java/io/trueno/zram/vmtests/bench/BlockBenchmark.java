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
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Kernel zram, a ublk server in C that does nothing, and our devices, in turn in one guest: fio on
 * the same pages, and the memory they take. Writes {@code target/block-benchmark-*.md}.
 *
 * <p>Run with {@code -Dtest=BlockBenchmark}, as benchmarks/README.md tells.
 */
class BlockBenchmark {
    private static final int MIB = 128;
    private static final int SECONDS = Integer.getInteger("trueno.zram.benchmarkSeconds", 1);
    private static final int WARM = Integer.getInteger("trueno.zram.benchmarkWarmSeconds", 10);
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String HEAD =
            """
            | device | read, depth 1 | read, 32 | write, 1 | write, 32 | ratio |
            |---|--:|--:|--:|--:|--:|
            """;

    private final Path kublk = Path.of("target/vm/kublk").toAbsolutePath();
    private final List<String> rows = new ArrayList<>();

    @Test
    void devicesInTurn() throws Exception {
        int processors = Integer.getInteger("trueno.zram.benchmarkProcessors", 2);
        buildKublk();
        Machine machine = Machines.newest().findFirst().orElseThrow();
        try (Guest guest = Guest.boot(machine, new GuestSpec(1536, processors))) {
            try (InputStream script =
                    Objects.requireNonNull(getClass().getResourceAsStream("block-benchmark"))) {
                Files.copy(script, guest.exchange().resolve("block-benchmark"));
            }
            guest.sh("modprobe ublk_drv; modprobe zram num_devices=1; modprobe null_blk gb=1 || :");
            for (String algorithm : List.of("lz4", "zstd")) {
                kernelZram(guest, algorithm);
            }
            cNull(guest);
            GuestAgent agent = new GuestAgent(guest);
            agent.start();
            ours(guest, agent, "lz4");
            ours(guest, agent, "zstd1");
            sameFilled(guest, agent);
            String kernel = guest.sh("uname -r");
            Path table =
                    Path.of(
                            "target/block-benchmark-%s-%d.md"
                                    .formatted(
                                            machine.toString()
                                                    .toLowerCase(Locale.ROOT)
                                                    .replace(' ', '-'),
                                            processors));
            Files.writeString(
                    table,
                    """
                    %s, kernel %s, %d processor(s): IOPS, p50 / p99 in microseconds; each load for %d s first,
                    then three times %d s

                    """
                                    .formatted(machine, kernel, processors, WARM, SECONDS)
                            + HEAD
                            + String.join("\n", rows)
                            + "\n");
            System.out.println(Files.readString(table));
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

    private void kernelZram(Guest guest, String algorithm) {
        guest.sh(
                "echo 1 >/sys/block/zram0/reset; echo %s >/sys/block/zram0/comp_algorithm; echo %dM >/sys/block/zram0/disksize"
                        .formatted(algorithm, MIB));
        fill(guest, "/dev/zram0");
        String ratio = guest.sh("awk '{ printf \"%.2f\", $1 / $3 }' /sys/block/zram0/mm_stat");
        measure(guest, "kernel zram " + algorithm, "/dev/zram0", ratio);
        guest.sh("echo 1 >/sys/block/zram0/reset");
    }

    private void cNull(Guest guest) {
        guest.sh(kublk + " add -t null -q 1 -d 64 -n 9");
        measure(guest, "ublk null, C (kublk)", "/dev/ublkb9", "–");
        guest.sh(kublk + " del -n 9");
    }

    private void ours(Guest guest, GuestAgent agent, String algorithm) {
        JsonObject device = agent.create(request(algorithm));
        String path = device.get("uri").getAsString();
        fill(guest, path);
        JsonObject stats = agent.device(device.get("name").getAsString()).getAsJsonObject("stats");
        double used =
                stats.get("mem_used_total").getAsDouble()
                        + stats.get("index_bytes").getAsDouble()
                        + stats.get("dictionary_bytes").getAsDouble();
        String ratio =
                String.format(
                        Locale.ROOT, "%.2f", stats.get("orig_data_size").getAsDouble() / used);
        measure(guest, "trueno-zram ublk " + algorithm, path, ratio);
        agent.remove(device.get("name").getAsString());
    }

    private void sameFilled(Guest guest, GuestAgent agent) {
        JsonObject device = agent.create(request("lz4"));
        measure(
                guest,
                "trueno-zram ublk, reads of same-filled pages",
                device.get("uri").getAsString(),
                "–");
        agent.remove(device.get("name").getAsString());
    }

    private static JsonObject request(String algorithm) {
        JsonObject request = new JsonObject();
        request.addProperty("size_bytes", MIB << 20);
        request.addProperty("algorithm", algorithm);
        request.addProperty("backend", "ublk");
        return request;
    }

    private static String prologue() {
        return "pages='%s'\nsource /run/exchange/block-benchmark\n"
                .formatted(System.getProperty("trueno.zram.pages"));
    }

    private static void fill(Guest guest, String path) {
        guest.sh(LIMIT, prologue() + "set +o pipefail\nfill %s %d".formatted(path, MIB));
    }

    private void measure(Guest guest, String name, String path, String ratio) {
        String[] figures =
                guest.sh(
                                LIMIT,
                                prologue()
                                        + "fio_row %s %d %d %d".formatted(path, MIB, SECONDS, WARM))
                        .split("\t", -1);
        StringBuilder row = new StringBuilder("| " + name);
        for (int i = 0; i < 12; i += 3) {
            row.append(" | %s, %s / %s".formatted(figures[i], figures[i + 1], figures[i + 2]));
        }
        rows.add(row + " | " + ratio + " |");
    }
}
