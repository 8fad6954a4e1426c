package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.memory.MemoryFailure;
import io.trueno.zram.engine.memory.SharedMemory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
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
    /** A device can grow to so many times the size that it was made with. */
    private static final long GROWTH = 16;

    /** Largest device: its arena is what a page's entry can address. */
    private static final long MOST_DEVICE_BYTES = 2000L << 30;

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
        StoreHeader header = plan(deviceBytes);
        if (path.isEmpty()) {
            return anonymous(name, header, deviceBytes, method);
        }
        if (!Files.exists(path.get(), LinkOption.NOFOLLOW_LINKS)) {
            return create(path.get(), header, deviceBytes, method);
        }
        StoreFile file = open(path.get());
        long found = file.deviceBytes();
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

    /**
     * The layout of a new device. It has room to grow, and for every page raw, for as much again in
     * the hands of the compactor, and for what waits for a reader that the scheduler has put aside:
     * address space only.
     *
     * @throws IllegalArgumentException if the device is too large
     */
    static StoreHeader plan(long deviceBytes) {
        if (deviceBytes > MOST_DEVICE_BYTES) {
            throw new IllegalArgumentException(
                    "a device of at most "
                            + MOST_DEVICE_BYTES
                            + " bytes can be kept: sizeBytes="
                            + deviceBytes);
        }
        long pages = Math.min(GROWTH * Pages.count(deviceBytes), Pages.count(MOST_DEVICE_BYTES));
        return StoreHeader.plan(
                pages << Pages.SHIFT,
                2 * pages * SlotLayout.slotBytes(Pages.SIZE) + WAITING_ROOM_BYTES);
    }

    private static StoreFile anonymous(
            String name, StoreHeader header, long deviceBytes, WriteMethod method)
            throws IOException {
        SharedMemory memory = SharedMemory.anonymous(name, header.fileBytes());
        try {
            begin(memory, header, deviceBytes, method);
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
        return new StoreFile(memory, header);
    }

    /** Takes what memory a new file needs to begin with, and writes its header. */
    private static void begin(
            SharedMemory memory, StoreHeader header, long deviceBytes, WriteMethod method)
            throws IOException {
        requireIndex(memory, header, deviceBytes);
        header.write(memory.segment());
        StoreHeader.method(memory.segment(), method);
        StoreHeader.deviceBytes(memory.segment(), deviceBytes);
    }

    private static void requireIndex(SharedMemory memory, StoreHeader header, long deviceBytes)
            throws IOException {
        if (!populateIndex(memory, header, deviceBytes)) {
            throw new IOException(
                    "no memory for the page table: free some, or make the device smaller:"
                            + " sizeBytes="
                            + deviceBytes);
        }
    }

    /**
     * Takes the memory of header, page table and access times. Where a file system is full, an
     * access to a page of a mapping that has none yet is a fault that no program survives unharmed;
     * so there are none such.
     */
    private static boolean populateIndex(SharedMemory memory, StoreHeader header, long bytes) {
        try {
            memory.populate(0, StoreHeader.BYTES);
            populate(memory, header.tableOffset(), tableBytes(bytes));
            populate(memory, header.accessOffset(), accessBytes(bytes));
            return true;
        } catch (MemoryFailure e) {
            return false;
        }
    }

    private static void populate(SharedMemory memory, long offset, long bytes) {
        long start = offset & -Pages.SIZE;
        memory.populate(start, Pages.count(offset + bytes - start) << Pages.SHIFT);
    }

    /**
     * Makes a new store file. It appears under its name complete: a process that dies in between
     * leaves a file of another name, which the next attempt replaces.
     *
     * @throws IOException if a file of that name exists or it cannot be made
     */
    private static StoreFile create(
            Path file, StoreHeader header, long deviceBytes, WriteMethod method)
            throws IOException {
        if (Files.exists(file)) {
            throw new IOException("the store exists already: " + file);
        }
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        SharedMemory memory = SharedMemory.create(unfinished, header.fileBytes());
        try {
            begin(memory, header, deviceBytes, method);
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
            StoreHeader header = StoreHeader.read(memory.segment(), file.toString());
            requireIndex(memory, header, StoreHeader.deviceBytes(memory.segment()));
            return new StoreFile(memory, header);
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    StoreHeader header() {
        return header;
    }

    /** Size of the device. */
    long deviceBytes() {
        return StoreHeader.deviceBytes(memory.segment());
    }

    void deviceBytes(long bytes) {
        StoreHeader.deviceBytes(memory.segment(), bytes);
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

    RecompressionSettings recompression() {
        return StoreHeader.recompression(memory.segment());
    }

    void recompression(RecompressionSettings settings) {
        StoreHeader.recompression(memory.segment(), settings);
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
     * @throws MemoryFailure if there is none
     */
    void populateArena(long offset, long bytes) {
        memory.populate(header.arenaOffset() + offset, bytes);
    }

    /**
     * Where arena memory is held that was taken and not given back.
     *
     * @param offset from which on is looked
     * @return -1 if there is none
     */
    long nextTakenArena(long offset) {
        long taken = memory.nextTaken(header.arenaOffset() + offset);
        return taken == -1 ? -1 : taken - header.arenaOffset();
    }

    /** Takes the memory of the index of a larger device; whether there is enough. */
    boolean populateIndex(long deviceBytes) {
        return populateIndex(memory, header, deviceBytes);
    }

    private static long tableBytes(long deviceBytes) {
        return Pages.count(deviceBytes) * Long.BYTES;
    }

    private static long accessBytes(long deviceBytes) {
        return Pages.count(deviceBytes) * AccessTimes.BYTES_PER_PAGE;
    }

    /** Keeps all memory of the file from being swapped out; whether the kernel allows that. */
    boolean lock() {
        return memory.lock();
    }

    boolean isLocked() {
        return memory.isLocked();
    }

    MemorySegment directory() {
        return StoreHeader.directory(memory.segment());
    }

    MemorySegment dictionaries() {
        return memory.segment().asSlice(StoreHeader.dictionariesOffset(), Dictionaries.BYTES);
    }

    /**
     * Takes the memory of dictionaries.
     *
     * @throws MemoryFailure if there is none
     */
    void populateDictionaries(long offset, long bytes) {
        populate(memory, StoreHeader.dictionariesOffset() + offset, bytes);
    }

    /** Gives the memory of dictionaries back to the system. */
    void punchDictionaries(long offset, long bytes) {
        memory.punch(StoreHeader.dictionariesOffset() + offset, bytes);
    }

    /** Zeroes header with keys, page table and access times. */
    void eraseIndex() {
        long bytes = deviceBytes();
        MemorySegment all = memory.segment();
        all.asSlice(header.tableOffset(), tableBytes(bytes)).fill((byte) 0);
        all.asSlice(header.accessOffset(), accessBytes(bytes)).fill((byte) 0);
        all.asSlice(0, StoreHeader.BYTES).fill((byte) 0);
    }

    /** The device size in the header of a file that may be open elsewhere. */
    static long storedDeviceBytes(Path file) throws IOException {
        byte[] head = new byte[StoreHeader.BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            in.readNBytes(head, 0, head.length);
        }
        MemorySegment copy = Arena.ofAuto().allocate(head.length, Long.BYTES);
        copy.copyFrom(MemorySegment.ofArray(head));
        StoreHeader.check(copy, file.toString());
        return StoreHeader.deviceBytes(copy);
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
