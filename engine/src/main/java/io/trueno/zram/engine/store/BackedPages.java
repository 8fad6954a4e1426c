package io.trueno.zram.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pages of one store that are written back: its backing device, if it has one. */
final class BackedPages {
    private final String storeName;
    private final StoreFile file;
    private final PageTable table;
    private final Epochs epochs;
    private final PageIo io;
    private final Lane[] lanes;
    private final Writeback writeback;
    private volatile @Nullable Backing backing;

    /**
     * @param lanes of the store, the last of them reserved for this
     */
    BackedPages(
            String storeName,
            StoreFile file,
            PageTable table,
            AccessTimes access,
            Epochs epochs,
            PageIo io,
            Lane[] lanes) {
        this.storeName = storeName;
        this.file = file;
        this.table = table;
        this.epochs = epochs;
        this.io = io;
        this.lanes = lanes;
        writeback = new Writeback(table, access, epochs, io, lanes[lanes.length - 1], file);
    }

    /**
     * Uses the device that an earlier process used, if there is one.
     *
     * @throws IOException if it is missing or not the one it was
     */
    void find() throws IOException {
        Optional<BackingIdentity> identity = file.backing(storeName);
        if (identity.isPresent()) {
            BackingIdentity found = identity.get();
            use(found, BackingLabel.find(found.path(), found.number()));
        }
    }

    /** {@link PageStore#backing(Path, boolean)}. */
    synchronized void attach(Path path, boolean encrypted) throws IOException {
        if (backing != null) {
            throw new IllegalStateException(
                    "the device has a backing device already: " + backing.name());
        }
        BackingIdentity identity = BackingIdentity.create(path.toAbsolutePath(), encrypted);
        attach(identity, BackingLabel.claim(identity.path(), identity.number()));
    }

    /** Uses an open device, which is the store's from now on. */
    void attach(BackingIdentity identity, BackingDevice device) throws IOException {
        try {
            long size = device.sizeBytes();
            long most = table.pages() * Backing.MOST_BYTES_PER_PAGE + Backing.BLOCK;
            use(identity.withCapacity(size > Backing.BLOCK ? size : most), device);
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private void use(BackingIdentity identity, BackingDevice device) {
        Backing opened =
                new Backing(
                        device,
                        identity.path().toString(),
                        identity.encrypted()
                                ? new BackingCipher(identity.key(), file.generation())
                                : null,
                        identity.capacityBytes(),
                        epochs);
        file.backing(identity);
        io.backing(opened);
        backing = opened;
    }

    /** {@link PageStore#writeback(WritebackRequest)}. */
    WritebackResult writeback(WritebackRequest request) {
        Backing to = backing;
        if (to == null) {
            throw new IllegalStateException("the device has no backing device: name one first");
        }
        for (WritebackRequest.Range range : request.ranges()) {
            if (range.last() >= table.pages()) {
                throw new IllegalArgumentException(
                        "outside the device of " + table.pages() + " pages: " + range.last());
            }
        }
        return writeback.run(request, to);
    }

    WritebackSettings settings() {
        return writeback.settings();
    }

    /** Changes the settings, for the next process too. */
    void settings(WritebackSettings wanted) {
        writeback.settings(wanted);
    }

    /** {@link PageStore#backingStats()}. */
    BackingStats stats() {
        Backing of = backing;
        if (of == null) {
            return new BackingStats("", false, 0, 0, 0, 0);
        }
        CounterSums sums = new CounterSums(lanes);
        return new BackingStats(
                of.name(),
                of.isEncrypted(),
                of.usedBlocks(),
                sums.get(Counters.BD_READS),
                sums.get(Counters.BD_WRITES),
                sums.backedPages());
    }

    /** Gives the device up for good: what is on it cannot be found any more. */
    void disown() {
        Backing of = backing;
        if (of != null) {
            of.disown();
        }
    }

    /** Closes the device; the next process finds it again. */
    void close() {
        Backing of = backing;
        if (of != null) {
            of.close();
        }
    }
}
