package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.store.SlotArena.ChunkUse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Chunks for requests, with the test in place of the thread that makes them ready. */
class SlotArenaTest {
    private StoreFile file;
    private SlotArena arena;

    @BeforeEach
    void open() throws IOException {
        WriteMethod method = new WriteMethod(Algorithm.LZ4, SelectionPolicy.SPEED);
        file = StoreFile.forDevice("test", 1 << 20, method, Optional.empty());
        arena = new SlotArena(file, new Epochs(2, 0));
    }

    @AfterEach
    void close() throws IOException {
        file.close();
    }

    @Test
    void withoutHeadroomARequestTakesMemoryItself() {
        assertThat(arena.openChunk(ChunkUse.REQUEST)).isNotEqualTo(SlotArena.NONE);
        assertThat(arena.awaitReady()).isTrue();
    }

    @Test
    void withHeadroomARequestTakesReadyChunksOnly() {
        arena.headroom(SlotArena.CHUNK);
        assertThat(arena.openChunk(ChunkUse.REQUEST)).isEqualTo(SlotArena.NONE);
        assertThat(arena.usedChunks()).isZero();
        makeReady();
        assertThat(arena.openChunk(ChunkUse.REQUEST))
                .as("the compactor's")
                .isEqualTo(SlotArena.NONE);
        int chunk = makeReady();
        assertThat(arena.awaitReady()).isTrue();
        assertThat(arena.openChunk(ChunkUse.REQUEST)).isEqualTo(chunk);
    }

    @Test
    void onlyCompactionTakesTheLastChunkWithinTheLimit() {
        arena.limit(3L * SlotArena.CHUNK);
        assertThat(arena.openChunk(ChunkUse.REQUEST)).isNotEqualTo(SlotArena.NONE);
        assertThat(arena.openChunk(ChunkUse.BACKGROUND)).isNotEqualTo(SlotArena.NONE);
        assertThat(arena.openChunk(ChunkUse.REQUEST)).isEqualTo(SlotArena.NONE);
        assertThat(arena.openChunk(ChunkUse.BACKGROUND)).isEqualTo(SlotArena.NONE);
        assertThat(arena.openChunk(ChunkUse.COMPACTION)).isNotEqualTo(SlotArena.NONE);
        assertThat(arena.openChunk(ChunkUse.COMPACTION)).isEqualTo(SlotArena.NONE);
    }

    @Test
    void aWaitingRequestGoesOnAsSoonAsAChunkIsReady() {
        arena.headroom(SlotArena.CHUNK);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(arena::awaitReady);
        makeReady();
        makeReady();
        assertThat(waiting.join()).isTrue();
    }

    @Test
    void whenMemoryIsRefusedTheRequestIsToldSo() {
        arena.headroom(SlotArena.CHUNK);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(arena::awaitReady);
        while (!waiting.isDone()) { // its time would be over too, but this is quicker
            arena.notMadeReady(arena.takeCold());
        }
        assertThat(waiting.join()).isFalse();
    }

    @Test
    @Timeout(60) // a thousand waits would be half an hour
    void whenTheSystemFindsNoMemoryForLongNobodyWaitsAnyMore() {
        arena.headroom(SlotArena.CHUNK);
        int chunk = arena.takeCold(); // nothing comes of it
        for (int i = 0; i < 1000; i++) {
            assertThat(arena.awaitReady()).isFalse();
        }
        arena.notMadeReady(chunk);
    }

    @Test
    void whoWasRefusedWaitsUntilThereIsPlentyAgain() {
        arena.headroom(8 * SlotArena.CHUNK);
        int chunk = arena.takeCold(); // nothing comes of it for long
        assertThat(arena.awaitReady()).isFalse();
        arena.madeReady(chunk);
        assertThat(arena.openChunk(ChunkUse.REQUEST)).isEqualTo(SlotArena.NONE);
        for (int i = 1; i < 8; i++) {
            makeReady();
        }
        assertThat(arena.awaitReady()).isTrue();
        assertThat(arena.openChunk(ChunkUse.REQUEST)).isNotEqualTo(SlotArena.NONE);
    }

    @Test
    void theNextProcessKeepsMemoryThatIsToBeReadyAndGivesTheRestBack() {
        arena.headroom(8 * SlotArena.CHUNK);
        for (int i = 0; i < 8; i++) {
            makeReady();
        }
        int used = 2;
        SlotArena next = new SlotArena(file, new Epochs(2, 0));
        next.headroom(3 * SlotArena.CHUNK);
        next.adopt(SlotArena.chunkAddress(used), 100);
        next.adopted();
        assertThat(takenChunks()).containsExactly(0, 1, used, 3, 4);
        assertThat(next.usedChunks()).isEqualTo(1);
        assertThat(next.takeCold()).isZero();
        assertThat(next.takeCold()).isEqualTo(1);
        assertThat(next.takeCold()).isEqualTo(3);
    }

    @Test
    void nothingIsKeptBeyondTheLimit() {
        arena.headroom(8 * SlotArena.CHUNK);
        for (int i = 0; i < 8; i++) {
            makeReady();
        }
        SlotArena next = new SlotArena(file, new Epochs(2, 0));
        next.headroom(8 * SlotArena.CHUNK);
        next.limit(3 * SlotArena.CHUNK);
        next.adopt(SlotArena.chunkAddress(7), 100);
        next.adopted();
        assertThat(takenChunks()).containsExactly(0, 1, 7);
    }

    private List<Integer> takenChunks() {
        List<Integer> chunks = new ArrayList<>();
        long at = file.nextTakenArena(0);
        while (at != -1) {
            int chunk = SlotArena.chunkOf(at);
            chunks.add(chunk);
            at = file.nextTakenArena(SlotArena.chunkAddress(chunk + 1));
        }
        return chunks;
    }

    private int makeReady() {
        int chunk = arena.takeCold();
        assertThat(arena.populate(chunk)).isTrue();
        arena.madeReady(chunk);
        return chunk;
    }
}
