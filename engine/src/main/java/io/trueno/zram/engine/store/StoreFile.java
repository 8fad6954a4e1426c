package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.memory.SharedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The one memory file of a store: header, dictionaries, page table, access times, arena. Kept
 * anonymously it lives as long as the process; under a path it outlives it and is found again by
 * the next one.
 */
final class StoreFile implements AutoCloseable {
    private static final long WAITING_ROOM_BYTES = 256L << 20;

    private final SharedMemory memory;
    private final StoreHeader header;

    private StoreFile(SharedMemory memory, StoreHeader header) {
        this.memory = memory;
        this.header = header;
        StoreHeader.nextGeneration(memory.segment());
    }

    /**
     * The file of a device: anonymous without a path, else the one that exists there, else a new
     * one.
     *
     * @param method for a new file; one that exists keeps its own
     * @throws StoreFormatException if what exists is damaged or holds a device of another size
     * @throws IOException if it cannot be opened or made, or another process has it open
     */
    static StoreFile forDevice(
            String name, long deviceBytes, WriteMethod method, Optional<Path> path)
            throws IOException {
        // Room for every page raw, for as much again in the hands of the compactor, and for what
        // waits for a reader that the scheduler has put aside: address space only.
        StoreHeader header =
                StoreHeader.plan(
                        deviceBytes,
                        2 * Pages.count(deviceBytes) * SlotLayout.slotBytes(Pages.SIZE)
                                + WAITING_ROOM_BYTES);
        if (header.arenaBytes() > PageEntry.ADDRESS_SPACE) {
            throw new IllegalArgumentException(
                    "a device of at most 2 TiB can be kept: sizeBytes=" + deviceBytes);
        }
        if (path.isEmpty()) {
            return anonymous(name, header, method);
        }
        if (!Files.exists(path.get(), LinkOption.NOFOLLOW_LINKS)) {
            return create(path.get(), header, method);
        }
        StoreFile file = open(path.get());
        long found = file.header().deviceBytes();
        if (found != deviceBytes) {
            file.close();
            throw new StoreFormatException(
                    path.get().toString(),
                    "it holds a device of "
                            + found
                            + " bytes, not of "
                            + deviceBytes
                            + ": open it with its own size, or remove it first");
        }
        return file;
    }

    private static StoreFile anonymous(String name, StoreHeader header, WriteMethod method)
            throws IOException {
        SharedMemory memory = SharedMemory.anonymous(name, header.fileBytes());
        header.write(memory.segment());
        StoreHeader.method(memory.segment(), method);
        return new StoreFile(memory, header);
    }

    /**
     * Makes a new store file. It appears under its name complete: a process that dies in between
     * leaves a file of another name, which the next attempt replaces.
     *
     * @throws IOException if a file of that name exists or it cannot be made
     */
    private static StoreFile create(Path file, StoreHeader header, WriteMethod method)
            throws IOException {
        if (Files.exists(file)) {
            throw new IOException("the store exists already: " + file);
        }
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        SharedMemory memory = SharedMemory.create(unfinished, header.fileBytes());
        try {
            header.write(memory.segment());
            StoreHeader.method(memory.segment(), method);
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
    private static StoreFile open(Path file) throws IOException {
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

    WriteMethod method() {
        return StoreHeader.method(memory.segment());
    }

    void method(WriteMethod method) {
        StoreHeader.method(memory.segment(), method);
    }

    /**
     * What is kept of a backing device, if there is one.
     *
     * @throws StoreFormatException if it is damaged
     */
    Optional<BackingIdentity> backing(String name) throws StoreFormatException {
        return BackingIdentity.read(memory.segment(), name);
    }

    void backing(BackingIdentity identity) {
        identity.write(memory.segment());
    }

    WritebackSettings writebackSettings() {
        return StoreHeader.writebackSettings(memory.segment());
    }

    void writebackSettings(WritebackSettings settings) {
        StoreHeader.writebackSettings(memory.segment(), settings);
    }

    /** How often the store was opened, this time included. */
    long generation() {
        return StoreHeader.generation(memory.segment());
    }

    MemorySegment table() {
        return memory.segment()
                .asSlice(header.tableOffset(), header.accessOffset() - header.tableOffset());
    }

    MemorySegment access() {
        return memory.segment()
                .asSlice(header.accessOffset(), header.arenaOffset() - header.accessOffset());
    }

    MemorySegment arena() {
        return memory.segment().asSlice(header.arenaOffset(), header.arenaBytes());
    }

    /**
     * Takes arena memory ahead of its use.
     *
     * @throws io.trueno.zram.engine.memory.MemoryFailure if there is none
     */
    void populateArena(long offset, long bytes) {
        memory.populate(header.arenaOffset() + offset, bytes);
    }

    /**
     * Takes the memory of the page table and the access times.
     *
     * @throws io.trueno.zram.engine.memory.MemoryFailure if there is none
     */
    void populateIndex() {
        long start = header.tableOffset() & -Pages.SIZE;
        memory.populate(start, Pages.count(header.accessEnd() - start) << Pages.SHIFT);
    }

    /** Keeps all memory of the file from being swapped out; whether the kernel allows that. */
    boolean lock() {
        return memory.lock();
    }

    MemorySegment directory() {
        return StoreHeader.directory(memory.segment());
    }

    MemorySegment dictionaries() {
        return memory.segment().asSlice(StoreHeader.dictionariesOffset(), Dictionaries.BYTES);
    }

    /** Gives the memory of dictionaries back to the system. */
    void punchDictionaries(long offset, long bytes) {
        memory.punch(StoreHeader.dictionariesOffset() + offset, bytes);
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
