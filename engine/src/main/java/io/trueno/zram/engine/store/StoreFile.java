package io.trueno.zram.engine.store;

import io.trueno.zram.engine.memory.SharedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The one memory file of a store: header, page table, arena. Kept anonymously it lives as long as
 * the process; under a path it outlives it and is found again by the next one.
 */
final class StoreFile implements AutoCloseable {
    private final SharedMemory memory;
    private final StoreHeader header;

    private StoreFile(SharedMemory memory, StoreHeader header) {
        this.memory = memory;
        this.header = header;
        StoreHeader.nextGeneration(memory.segment());
    }

    static StoreFile anonymous(String name, StoreHeader header) throws IOException {
        SharedMemory memory = SharedMemory.anonymous(name, header.fileBytes());
        header.write(memory.segment());
        return new StoreFile(memory, header);
    }

    /**
     * Makes a new store file. It appears under its name complete: a process that dies in between
     * leaves a file of another name, which the next attempt replaces.
     *
     * @throws IOException if a file of that name exists or it cannot be made
     */
    static StoreFile create(Path file, StoreHeader header) throws IOException {
        if (Files.exists(file)) {
            throw new IOException("the store exists already: " + file);
        }
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        SharedMemory memory = SharedMemory.create(unfinished, header.fileBytes());
        try {
            header.write(memory.segment());
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
        return new StoreFile(memory, header);
    }

    /**
     * Opens the store file of an earlier process.
     *
     * @throws StoreFormatException if it is damaged, truncated or of another version
     * @throws IOException if it cannot be opened or another process has it open
     */
    static StoreFile open(Path file) throws IOException {
        SharedMemory memory = SharedMemory.open(file);
        try {
            return new StoreFile(memory, StoreHeader.read(memory.segment(), file.toString()));
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    StoreHeader header() {
        return header;
    }

    MemorySegment table() {
        return memory.segment()
                .asSlice(header.tableOffset(), header.arenaOffset() - header.tableOffset());
    }

    MemorySegment arena() {
        return memory.segment().asSlice(header.arenaOffset(), header.arenaBytes());
    }

    /** Gives arena memory back to the system. */
    void punchArena(long offset, long bytes) {
        memory.punch(header.arenaOffset() + offset, bytes);
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
