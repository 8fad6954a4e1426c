package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a writing process with SIGKILL at random moments, opens what it left, and finds every write
 * that had returned and no page that is neither the last version returned nor the one being
 * written. The same store is killed again and again.
 */
class StoreCrashTest {
    private static final Path SHM = Path.of("/dev/shm");

    /** Kills in a row without a pause in which the memory that they leave thin is compacted. */
    private static final int KILLS_UNTIL_COMPACTED = 8;

    @TempDir Path temporary;

    @Test
    void aKilledWriterLosesNothingItWasToldIsDone() throws Exception {
        killRepeatedly(10);
    }

    @Test
    @Tag("slow")
    void aWriterKilledTwoHundredTimesLosesNothing() throws Exception {
        killRepeatedly(200);
    }

    private void killRepeatedly(int times) throws Exception {
        long seed = Long.getLong("trueno.zram.seed", System.nanoTime());
        System.out.println("seed: -Dtrueno.zram.seed=" + seed);
        Random random = new Random(seed);
        Path folder = Files.createTempDirectory(Files.isWritable(SHM) ? SHM : temporary, "crash");
        Path store = folder.resolve("pages");
        Path ledgerFile = folder.resolve("ledger");
        Path dictionary = folder.resolve("dictionary");
        Seen seen = new Seen();
        try {
            CrashWriter.makeDictionary(dictionary);
            long versions = 0;
            for (int i = 0; i < times; i++) {
                runAndKill(store, ledgerFile, seed + i, i % 10 == 9, random);
                versions = verify(store, ledgerFile, i, seen);
            }
            assertThat(versions).as("versions written").isGreaterThan(times);
            assertThat(seen.dictionaries).as("kills that left dictionaries").isPositive();
            assertThat(seen.clusters).as("kills that left clusters").isPositive();
            assertThat(seen.twins).as("kills that left twins").isPositive();
            assertThat(seen.backed).as("kills that left pages written back").isPositive();
        } finally {
            Files.deleteIfExists(store);
            Files.deleteIfExists(dictionary);
            Files.deleteIfExists(folder.resolve("backing"));
            Files.deleteIfExists(ledgerFile);
            Files.deleteIfExists(folder);
        }
    }

    private static boolean has(PageStore store, String codec) {
        return store.codecs().stream().anyMatch(c -> c.codec().equals(codec) && c.pages() > 0);
    }

    /** What some kills came in the midst of. */
    private static final class Seen {
        int dictionaries;
        int clusters;
        int twins;
        int backed;
    }

    private static void runAndKill(
            Path store, Path ledgerFile, long seed, boolean recompressed, Random random)
            throws Exception {
        Process writer =
                new ProcessBuilder(
                                List.of(
                                        ProcessHandle.current().info().command().orElse("java"),
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-XX:TieredStopAtLevel=1",
                                        "-Xshare:auto",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        CrashWriter.class.getName(),
                                        store.toString(),
                                        ledgerFile.toString(),
                                        Long.toString(seed)))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            String line = writer.inputReader().readLine();
            assertThat(line).isEqualTo("writing");
            if (recompressed) {
                assertThat(writer.inputReader().readLine()).isEqualTo("recompressed");
            }
            // the moment of death is what is random here: nothing is waited for
            LockSupport.parkNanos(1_000_000L + random.nextInt(150_000_000));
            assertThat(writer.isAlive()).isTrue();
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /** Compares every page with the ledger; gives the number of versions begun so far. */
    private static long verify(Path file, Path ledgerFile, int kill, Seen seen) throws Exception {
        MemorySegment ledger = CrashWriter.ledger(ledgerFile);
        byte[] page = new byte[Pages.SIZE];
        byte[] expected = new byte[Pages.SIZE];
        long versions = 0;
        try (PageStore store = CrashWriter.openStore(file)) {
            long stored = 0;
            for (int i = 0; i < CrashWriter.PAGES; i++) {
                long returned = CrashWriter.returned(ledger, i);
                long begun = CrashWriter.begun(ledger, i);
                versions += begun;
                store.read((long) i * Pages.SIZE, MemorySegment.ofArray(page), 0, Pages.SIZE);
                // several, if the page's writer was killed before it was done more than once
                long version = begun;
                CrashWriter.fill(expected, i, version);
                while (version > returned && !Arrays.equals(page, expected)) {
                    CrashWriter.fill(expected, i, --version);
                }
                assertThat(Arrays.equals(page, expected))
                        .as("kill %d page %d: returned %d begun %d", kill, i, returned, begun)
                        .isTrue();
                stored += store.extent((long) i * Pages.SIZE, Pages.SIZE) > 0 ? 1 : 0;
            }
            assertThat(store.backingStats().bdCount())
                    .as("blocks in use")
                    .isLessThanOrEqualTo(2 * store.backingStats().pages());
            StoreStats stats = store.stats();
            seen.dictionaries += stats.dictionaryBytes() > 0 ? 1 : 0;
            seen.clusters += has(store, "zstd-cluster") ? 1 : 0;
            seen.twins += has(store, "twin") ? 1 : 0;
            seen.backed += store.backingStats().pages() > 0 ? 1 : 0;
            assertThat(stats.damagedEntries()).isZero();
            assertThat(stats.failedReads()).isZero();
            assertThat(stats.origDataSize()).isEqualTo(stored * Pages.SIZE);
            if (kill % KILLS_UNTIL_COMPACTED == KILLS_UNTIL_COMPACTED - 1) {
                // crashes leak nothing: chunks that they left thin are emptied, unasked
                PageStoreTest.await(() ->
                        store.stats().memUsedTotal()
                                <= stats.comprDataSize() * 11 / 10 + 4L * SlotArena.CHUNK);
            }
        }
        return versions;
    }
}
