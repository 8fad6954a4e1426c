package io.trueno.zram.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import io.trueno.zram.agent.AgentProcess;
import io.trueno.zram.agent.MemoryTempDir;
import io.trueno.zram.agent.ProgramProcess;
import io.trueno.zram.agent.ProgramProcess.Outcome;
import io.trueno.zram.engine.SamplePages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    @TempDir(factory = MemoryTempDir.class)
    Path folder;

    private static List<Path> demoFolders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(f -> f.getFileName().toString().startsWith("trueno-zram-demo"))
                    .toList();
        }
    }

    @Test
    void theDemoVerifiesEveryPageAndLeavesNothingBehind() throws Exception {
        List<Path> before = demoFolders();
        Outcome outcome = ProgramProcess.run(folder, "demo", "--size", "8M");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out())
                .contains("device    zram0, 8M, lz4, nbd+unix:///zram0?socket=")
                .containsPattern("mm_stat    8388608 +\\d+ +\\d+ +0 ")
                .containsPattern("ratio     [2-9]\\.\\d\\d ")
                .containsPattern("write     \\d+ MB/s, p50 \\d+ us, p99 \\d+ us")
                .containsPattern("read      \\d+ MB/s, p50 \\d+ us, p99 \\d+ us")
                .endsWith("verified 2048 pages\n");
        assertThat(demoFolders()).isEqualTo(before);
    }

    @Test
    void theDemoSpeaksJson() throws Exception {
        Outcome outcome = ProgramProcess.run(folder, "demo", "--size", "1M", "--json");
        var result = JsonParser.parseString(outcome.out()).getAsJsonObject();
        assertThat(result.get("verified_pages").getAsInt()).isEqualTo(256);
    }

    @Test
    void whatAClientWritesShowsInTheStatistics() throws Exception {
        try (AgentProcess agent = AgentProcess.start(folder)) {
            agent.run("create", "--size", "1M");
            List<byte[]> pages = SamplePages.all().subList(0, 20);
            try (NbdClient client = new NbdClient(folder.resolve("nbd.sock"), "zram0", 4)) {
                assertThat(client.sizeBytes()).isEqualTo(1 << 20);
                client.run(NbdClient.WRITE, 20, new Sequence(0, pages), new long[20]);
                client.run(NbdClient.READ, 20, new Sequence(0, pages), new long[20]);
                assertThat(agent.run("list").out().lines().toList().get(1))
                        .contains("80K")
                        .contains("  1  nbd");
                assertThat(agent.run("remove", "zram0").err())
                        .endsWith("zram0 is in use by 1 client: disconnect first, or use --force");
            }
            String[] mmStat = agent.run("stat", "zram0", "--mm-stat").out().strip().split(" +", -1);
            assertThat(mmStat).hasSize(9);
            assertThat(mmStat[0]).isEqualTo("81920");
            assertThat(Long.parseLong(mmStat[1])).isBetween(1000L, 81920L);
            assertThat(Long.parseLong(mmStat[2])).isGreaterThanOrEqualTo(Long.parseLong(mmStat[1]));
        }
    }

    @Test
    void blockStateHasALineForEachStoredPageOfALargeDeviceToo() throws Exception {
        byte[] random = new byte[4096];
        new Random(1).nextBytes(random);
        List<byte[]> pages = List.of(new byte[4096], SamplePages.all().get(5), random);
        try (AgentProcess agent = AgentProcess.start(folder)) {
            agent.run("create", "--size", "128M"); // two parts of 16384 pages
            assertThat(agent.run("stat", "zram0", "--block-state").out()).isEmpty();
            try (NbdClient client = new NbdClient(folder.resolve("nbd.sock"), "zram0", 4)) {
                client.run(NbdClient.WRITE, 3, new Sequence(0, pages), new long[3]);
                client.run(NbdClient.WRITE, 3, new Sequence(20_000, pages), new long[3]);
            }
            agent.run("idle", "zram0", "all");
            String time = " +\\d+\\.000000 ";
            assertThat(agent.run("stat", "zram0", "--block-state").out())
                    .matches(
                            Stream.of(
                                            "           0" + time + "s.....",
                                            "           1" + time + "...i..",
                                            "           2" + time + "..hi..",
                                            "       20000" + time + "s.....",
                                            "       20001" + time + "...i..",
                                            "       20002" + time + "..hi..")
                                    .map(line -> line + "\n")
                                    .collect(Collectors.joining()));
            var last =
                    agent.run("stat", "zram0", "--block-state", "--json")
                            .out()
                            .lines()
                            .map(line -> JsonParser.parseString(line).getAsJsonObject())
                            .toList()
                            .getLast();
            assertThat(last.get("page").getAsLong()).isEqualTo(20_002);
            assertThat(last.get("flags").getAsString()).isEqualTo("..hi..");
        }
    }

    @Test
    void aRemovalByForceDisconnectsTheClient() throws Exception {
        try (AgentProcess agent = AgentProcess.start(folder)) {
            agent.run("create", "--size", "1M");
            NbdClient client = new NbdClient(folder.resolve("nbd.sock"), "zram0", 1);
            assertThat(agent.run("remove", "--force", "zram0").exit()).isZero();
            assertThatThrownBy(() ->
                            client.run(
                                    NbdClient.READ,
                                    1,
                                    new Sequence(0, List.of(new byte[4096])),
                                    new long[1]))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void anExportThatIsNotThereIsNamed() throws Exception {
        try (AgentProcess _ = AgentProcess.start(folder)) {
            assertThatThrownBy(() -> new NbdClient(folder.resolve("nbd.sock"), "zram5", 1))
                    .hasMessage("the server has no export zram5");
        }
    }

    /** The pages from page {@code first} of the device on. */
    private record Sequence(long first, List<byte[]> pages) implements NbdClient.Work {
        @Override
        public long offset(int number) {
            return 4096 * (first + number);
        }

        @Override
        public ByteBuffer source(int number) {
            return ByteBuffer.wrap(pages.get(number));
        }

        @Override
        public void took(int number, ByteBuffer page) {
            assertThat(page).isEqualTo(source(number));
        }
    }
}
