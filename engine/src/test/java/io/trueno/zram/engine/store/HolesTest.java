package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.store.SlotArena.ChunkUse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HolesTest {
    private static final int SLOT = 256;
    private static final int SLOTS = SlotArena.CHUNK / SLOT;

    private final StoreFile file;
    private final Epochs epochs = new Epochs(2, 0);
    private final SlotArena arena;
    private final Holes holes;
    private int chunk;

    HolesTest() throws IOException {
        file =
                StoreFile.forDevice(
                        "holes",
                        64 << 20,
                        new WriteMethod(Algorithm.LZ4, SelectionPolicy.SPEED),
                        Optional.empty());
        arena = new SlotArena(file, epochs);
        holes = new Holes(arena, epochs);
        chunk = fullChunk();
    }

    @AfterEach
    void close() throws IOException {
        file.close();
    }

    private int fullChunk() {
        int full = arena.openChunk(ChunkUse.REQUEST);
        arena.seal(full, SlotArena.CHUNK);
        return full;
    }

    private static long slot(int ofChunk, int number) {
        return SlotArena.chunkAddress(ofChunk) + (long) number * SLOT;
    }

    private void free(long address, int bytes) {
        long state = arena.free(address, bytes);
        assertThat(SlotArena.isHole(state)).isTrue();
        holes.add(address, bytes, ChunkStates.generation(state));
    }

    /** Frees a batch of slots, every second one, so that no two holes are neighbours. */
    private void freeBatch(int first) {
        for (int i = 0; i < Holes.BATCH; i++) {
            free(slot(chunk, first + 2 * i), SLOT);
        }
    }

    @Test
    void aHoleIsNotFilledWhileItsSlotCanBeRead() {
        int reader = epochs.enterAny();
        freeBatch(0);
        freeBatch(2 * Holes.BATCH);
        assertThat(holes.take(SLOT)).isEqualTo(SlotArena.NONE);
        epochs.exit(reader);
        freeBatch(4 * Holes.BATCH);
        assertThat(holes.take(SLOT)).isBetween(slot(chunk, 0), slot(chunk, 4 * Holes.BATCH));
    }

    @Test
    void theSmallestHoleThatIsLargeEnoughIsFilledAndItsRestToo() {
        free(slot(chunk, 0), 128);
        free(slot(chunk, 10), 64);
        free(slot(chunk, 20), 96);
        free(slot(chunk, 30), 32);
        for (int i = 4; i < Holes.BATCH; i++) {
            free(slot(chunk, 100 + i), 4); // too small to be remembered
        }
        freeBatch(200); // asks for the batch before
        assertThat(holes.take(92)).isEqualTo(slot(chunk, 20));
        assertThat(holes.take(68)).isEqualTo(slot(chunk, 0));
        assertThat(holes.take(36)).isEqualTo(slot(chunk, 0) + 68);
        assertThat(holes.take(200)).isEqualTo(SlotArena.NONE);
    }

    @Test
    void holesOfAChunkThatIsBeingEmptiedAreNotFilled() {
        freeBatch(0);
        freeBatch(2 * Holes.BATCH);
        arena.forgetHoles(chunk);
        assertThat(holes.take(SLOT)).isEqualTo(SlotArena.NONE);
    }

    @Test
    void holesOfAChunkThatServesAgainAreNotFilled() {
        freeBatch(0);
        freeBatch(2 * Holes.BATCH);
        int keptForTheCompactor = arena.openChunk(ChunkUse.REQUEST);
        arena.seal(keptForTheCompactor, 0);
        int left = SlotArena.CHUNK - 2 * Holes.BATCH * SLOT;
        arena.free(slot(chunk, 1), left); // the rest at once
        arena.reclaim();
        List<Integer> opened = new ArrayList<>();
        while (!opened.contains(chunk)) {
            assertThat(opened).as("the chunk serves again").hasSizeLessThan(SLOTS);
            opened.add(fullChunk());
        }
        assertThat(holes.take(SLOT)).isEqualTo(SlotArena.NONE);
    }

    @Test
    void slotsThatAreInUseNeverOverlap() {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        Lane lane = new Lane(0, arena, epochs, SimdBackend.SCALAR, ChunkUse.REQUEST);
        TreeMap<Long, Integer> used = new TreeMap<>();
        List<Long> addresses = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            if (addresses.size() > 500) {
                long gone = addresses.remove(random.nextInt(addresses.size()));
                lane.free(gone, used.getOrDefault(gone, 0));
                used.remove(gone);
            }
            int bytes = SlotLayout.slotBytes(1 + random.nextInt(4096));
            long address = lane.allocate(bytes);
            Map.Entry<Long, Integer> before = used.floorEntry(address);
            Map.Entry<Long, Integer> after = used.ceilingEntry(address);
            assertThat(before == null || before.getKey() + before.getValue() <= address).isTrue();
            assertThat(after == null || address + bytes <= after.getKey()).isTrue();
            used.put(address, bytes);
            addresses.add(address);
            if (random.nextInt(100) == 0) {
                arena.reclaim();
            }
        }
    }
}
