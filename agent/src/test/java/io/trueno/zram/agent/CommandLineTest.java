package io.trueno.zram.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trueno.zram.agent.ProgramProcess.Outcome;
import io.trueno.zram.agent.control.ControlClient;
import io.trueno.zram.engine.HardwareTier;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands as processes against an agent that is one, too. */
class CommandLineTest {
    @TempDir(factory = MemoryTempDir.class)
    static Path folder;

    private static AgentProcess agent;

    @BeforeAll
    static void startAgent() throws Exception {
        agent = AgentProcess.start(folder);
    }

    @AfterAll
    static void stopAgent() throws Exception {
        agent.close();
    }

    @AfterEach
    void removeDevices() {
        ControlClient client = new ControlClient(folder);
        client.list().forEach(device -> client.remove(device.name(), true));
    }

    @Test
    void createPrintsOneLineThatReachesTheDevice() throws Exception {
        Outcome created = agent.run("create", "--size", "64M");
        assertThat(created.exit()).isZero();
        assertThat(created.err()).isEmpty();
        assertThat(created.out())
                .isEqualTo("nbd+unix:///zram0?socket=" + folder.resolve("nbd.sock") + "\n");
    }

    @Test
    void listShowsDevicesInOrderAndAFreeNumberIsUsedAgain() throws Exception {
        agent.run("create", "--size", "1M", "--name", "zram10");
        agent.run("create", "--size", "5000");
        agent.run("create", "--size", "1.5M", "--mem-limit", "512K");
        agent.run("remove", "zram0");
        agent.run("create", "--size", "2M");

        Outcome list = agent.run("status");
        assertThat(list.out().lines().map(l -> l.split(" +", -1)[0]))
                .containsExactly("NAME", "zram0", "zram1", "zram10");
        JsonObject second =
                JsonParser.parseString(agent.run("list", "--json").out())
                        .getAsJsonObject()
                        .getAsJsonArray("devices")
                        .get(1)
                        .getAsJsonObject();
        assertThat(second.get("size_bytes").getAsLong()).isEqualTo(3 << 19);
        assertThat(second.getAsJsonObject("stats").get("mem_limit").getAsLong())
                .isEqualTo(512 << 10);
    }

    @Test
    void aSizeIsRoundedUpToWholePages() throws Exception {
        Outcome created = agent.run("create", "--size", "5000", "--json");
        JsonObject device = JsonParser.parseString(created.out()).getAsJsonObject();
        assertThat(device.get("size_bytes").getAsLong()).isEqualTo(8192);
    }

    @Test
    void statOfAnEmptyDeviceIsInTheKernelsColumns() throws Exception {
        agent.run("create", "--size", "1M", "--mem-limit", "1G");
        assertThat(agent.run("stat", "zram0", "--mm-stat").out())
                .isEqualTo(
                        "       0        0        0 1073741824        0        0        0        0"
                                + "        0\n");
        assertThat(agent.run("stat", "zram0", "--io-stat").out())
                .isEqualTo("       0        0 0        0\n");
        assertThat(agent.run("stat", "zram0").out()).contains("mem_limit         1073741824\n");
        JsonObject json =
                JsonParser.parseString(agent.run("stat", "zram0", "--json").out())
                        .getAsJsonObject();
        assertThat(json.get("name").getAsString()).isEqualTo("zram0");
    }

    @Test
    void setChangesALimitAndResetBringsTheFirstOneBack() throws Exception {
        agent.run("create", "--size", "1M", "--mem-limit", "64K");
        assertThat(agent.run("set", "zram0", "--mem-limit", "128K").exit()).isZero();
        assertThat(agent.run("stat", "zram0").out()).contains("mem_limit         131072\n");
        assertThat(agent.run("reset", "zram0").exit()).isZero();
        assertThat(agent.run("stat", "zram0").out()).contains("mem_limit         65536\n");
    }

    @Test
    void idleAndRecompressSayWhatTheyDid() throws Exception {
        agent.run("create", "--size", "1M", "--policy", "ratio");
        assertThat(agent.run("idle", "zram0", "all").out()).isEqualTo("0 pages are idle\n");
        assertThat(agent.run("idle", "zram0", "60", "--json").out()).isEqualTo("{\"pages\":0}\n");
        assertThat(agent.run("recompress", "zram0", "type=idle", "max_pages=5").out())
                .isEqualTo("0B saved in 0 of 0 pages\n");
        assertThat(agent.run("recompress", "zram0", "--json").out())
                .isEqualTo("{\"pages_tried\":0,\"pages_gained\":0,\"bytes_saved\":0}\n");
    }

    @Test
    void compactSaysWhatItSaved() throws Exception {
        agent.run("create", "--size", "1M");
        assertThat(agent.run("compact", "zram0").out()).isEqualTo("0B saved\n");
        assertThat(agent.run("compact", "zram0", "--json").out())
                .isEqualTo("{\"saved_bytes\":0}\n");
    }

    @Test
    void deduplicateSaysWhatItSaved() throws Exception {
        agent.run("create", "--size", "1M");
        assertThat(agent.run("deduplicate", "zram0").out()).isEqualTo("0B saved in 0 pages\n");
        assertThat(agent.run("deduplicate", "zram0", "--json").out())
                .isEqualTo("{\"pages_shared\":0,\"bytes_saved\":0}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stat zram7 | no device zram7: 'trueno-zram list' shows those there are",
                "remove zram7 | no device zram7: 'trueno-zram list' shows those there are",
                "stat ../x | not a device name: '../x': use zram0, zram1 and so on",
                "create | a device needs a size: give --size, or set size in [default]",
                "create --size 0 | size out of range, 1 byte to 16T: sizeBytes=0",
                "create --size 17T | size out of range, 1 byte to 16T: sizeBytes=18691697672192",
                "create --size 1M --name disk0 | not a device name: 'disk0': use zram0, zram1 and"
                        + " so on",
                "recompress zram0 type=cold | unknown type 'cold': use idle, huge or huge_idle",
                "create --size 1M --algorithm lz5 | unknown algorithm 'lz5': use lz4, lz4hc, zstd,"
                        + " zstd(level=N), zstd-static, none or adaptive",
                "create --size 1M --backend usb | unknown backend 'usb': use auto, ublk, nbd",
                "create --size 1M --policy fast | unknown policy 'fast': use speed, balanced, ratio",
            })
    void aRefusalIsOneLineAndStatusOne(String command, String message) throws Exception {
        Outcome outcome = agent.run(command.split(" ", -1));
        assertThat(outcome.err())
                .isEqualTo("trueno-zram " + command.split(" ", -1)[0] + ": " + message);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.exit()).isEqualTo(1);
    }

    @Test
    void aNameThatIsTakenIsRefused() throws Exception {
        agent.run("create", "--size", "1M", "--name", "zram3");
        Outcome again = agent.run("create", "--size", "1M", "--name", "zram3");
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err())
                .endsWith("zram3 is there already: choose another name or remove it first");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "lst",
                "--bogus",
                "create --size 5q",
                "create --size",
                "stat",
                "stat zram0 more",
                "stat zram0 --mm-stat --json",
                "set zram0",
                "bench",
                "bench codec --threads 0",
                "bench codec --algorithm lz5",
                "entropy",
                "demo --size 0"
            })
    void wrongUsageIsOneLineThatNamesTheHelpAndStatusTwo(String command) {
        Outcome outcome =
                ProgramProcess.runHere(command.isEmpty() ? new String[0] : command.split(" ", -1));
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.err()).startsWith("trueno-zram").endsWith(" --help'");
        assertThat(outcome.exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "demo",
                "agent",
                "create",
                "list",
                "stat",
                "set",
                "compact",
                "deduplicate",
                "idle",
                "recompress",
                "reset",
                "remove",
                "info",
                "entropy",
                "bench",
                "bench codec",
                "bench cluster",
                "bench start",
                "bench store"
            })
    void everyCommandHasHelp(String command) {
        Outcome outcome = ProgramProcess.runHere((command + " --help").strip().split(" ", -1));
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).contains("Usage: trueno-zram " + command);
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void infoTellsWhatIsThereAndWhyNot() throws Exception {
        JsonObject info =
                JsonParser.parseString(agent.run("info", "--json").out()).getAsJsonObject();
        assertThat(info.getAsJsonArray("algorithms")).isNotEmpty();
        assertThat(info.getAsJsonArray("simd_backends")).hasSize(4);
        assertThat(info.get("tier").getAsString()).isEqualTo(HardwareTier.detect().name());
        assertThat(info.get("batch_pages").getAsInt())
                .isEqualTo(HardwareTier.detect().batchPages());
        info.getAsJsonArray("simd_backends").asList().stream()
                .map(b -> b.getAsJsonObject())
                .forEach(b ->
                        assertThat(b.get("reason").getAsString().isEmpty())
                                .isEqualTo(b.get("available").getAsBoolean()));
        assertThat(agent.run("info").out()).contains("SCALAR: available");
    }

    @Test
    void entropyReportsAFolderAndAProcess() throws Exception {
        String pages = System.getProperty("trueno.zram.pages");
        Outcome outcome =
                agent.run("entropy", pages, "--pid", "" + agent.process().pid(), "--json");
        assertThat(outcome.exit()).isZero();
        var reports =
                JsonParser.parseString(outcome.out()).getAsJsonObject().getAsJsonArray("reports");
        assertThat(reports).hasSize(2);
        assertThat(reports.get(0).getAsJsonObject().get("name").getAsString()).isEqualTo(pages);
        Outcome missing = agent.run("entropy", "/no/such/file");
        assertThat(missing.err()).isEqualTo("trueno-zram entropy: /no/such/file: no such file");
        assertThat(missing.exit()).isEqualTo(1);
    }

    @Test
    void measurementsVerifyWhatTheyMeasure() throws Exception {
        Path one = Path.of(System.getProperty("trueno.zram.pages"), "redis.pages");
        Outcome codec =
                agent.run("bench", "codec", "--pages", one.toString(), "--rounds", "1", "--json");
        assertThat(codec.exit()).isZero();
        JsonObject line =
                JsonParser.parseString(codec.out().lines().toList().getFirst()).getAsJsonObject();
        assertThat(line.get("pages").getAsLong()).isEqualTo(Files.size(one) / 4096);
        assertThat(line.get("round_trip_failures").getAsInt()).isZero();
        Outcome store =
                agent.run("bench", "store", "--pages", one.toString(), "--rounds", "1", "--json");
        assertThat(store.exit()).isZero();
        assertThat(
                        JsonParser.parseString(store.out())
                                .getAsJsonObject()
                                .get("verify_failures")
                                .getAsInt())
                .isZero();
    }

    @Test
    void pagesAreWrittenBackToAFile() throws Exception {
        agent.run("create", "--name", "zram7", "--size", "1M");
        Path backing = folder.resolve("backing-of-zram7");
        assertThat(agent.run("writeback", "zram7", "type=huge").err())
                .contains("no backing device");
        assertThat(agent.run("set", "zram7", "--backing-dev", backing.toString()).err()).isEmpty();
        assertThat(agent.run("writeback", "zram7", "type=huge").out())
                .isEqualTo("0 pages written back, 0B of memory\n");
        assertThat(agent.run("writeback", "zram7", "type=warm").err())
                .contains("unknown type 'warm'");
        assertThat(agent.run("stat", "zram7", "--bd-stat").out())
                .isEqualTo("       0        0        0\n");
        assertThat(agent.run("stat", "zram7", "--debug-stat").out())
                .isEqualTo("version: 1\n0        0\n");
        assertThat(agent.run("set", "zram7", "--size", "2M").err()).isEmpty();
        assertThat(agent.run("list").out()).containsPattern("zram7 +2M ");
        agent.run("remove", "zram7");
        assertThat(Files.readAllBytes(backing)).containsOnly(0);
        Files.delete(backing);
    }

    @Test
    void withoutAnAgentACommandSaysHowToStartOne(@TempDir Path empty) throws Exception {
        Outcome outcome = ProgramProcess.run(empty, "list");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err())
                .isEqualTo(
                        "trueno-zram list: no agent is running in "
                                + empty
                                + ": start one with 'trueno-zram agent', or name its folder with"
                                + " --runtime-dir");
    }
}
