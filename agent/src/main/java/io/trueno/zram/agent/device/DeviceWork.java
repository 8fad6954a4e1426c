package io.trueno.zram.agent.device;

import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.store.Deduplication;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.Recompression;
import io.trueno.zram.engine.store.RecompressionRequest;
import io.trueno.zram.engine.store.WritebackRequest;
import io.trueno.zram.engine.store.WritebackResult;
import java.util.function.Supplier;

/**
 * Work on one device that may take long: what {@link DeviceRegistry} does meanwhile does not wait
 * for it. A device that is removed meanwhile ends it with an error.
 */
public final class DeviceWork {
    private final Supplier<PageStore> store;

    /** Finds the store for each piece of work, or throws a {@link DeviceException}. */
    DeviceWork(Supplier<PageStore> store) {
        this.store = store;
    }

    /**
     * Moves the pages together and gives the memory between them back.
     *
     * @return bytes saved
     */
    public long compact() {
        return store.get().compact();
    }

    /** Lets pages of the same content share memory. */
    public Deduplication deduplicate() {
        return store.get().deduplicate();
    }

    /**
     * Marks pages that were not used for so many seconds idle, until they are used.
     *
     * @return how many
     */
    public long idle(int ageSeconds) {
        try {
            return store.get().markIdle(ageSeconds);
        } catch (IllegalArgumentException e) {
            throw DeviceException.badRequest(e.getMessage());
        }
    }

    /**
     * What is kept of each stored page among {@link BlockStates#PAGES} of them.
     *
     * @param first page of those
     */
    public BlockStates blockStates(long first) {
        PageStore of = store.get();
        long next = first + BlockStates.PAGES;
        boolean isLast = next >= Pages.count(of.sizeBytes());
        return new BlockStates(
                of.blockStates(first, BlockStates.PAGES), isLast ? null : (Long) next);
    }

    /**
     * Packs pages more tightly.
     *
     * @param request as it is written to kernel zram's {@code recompress}
     */
    public Recompression recompress(String request) {
        try {
            RecompressionRequest parsed = RecompressionRequest.parse(request);
            return store.get().recompress(parsed);
        } catch (IllegalArgumentException e) {
            throw DeviceException.badRequest(e.getMessage());
        }
    }

    /**
     * Writes pages to the backing device.
     *
     * @param request as it is written to kernel zram's {@code writeback}
     */
    public WritebackResult writeback(String request) {
        try {
            WritebackRequest parsed = WritebackRequest.parse(request);
            return store.get().writeback(parsed);
        } catch (IllegalArgumentException e) {
            throw DeviceException.badRequest(e.getMessage());
        } catch (IllegalStateException e) {
            throw new DeviceException(Kind.CONFLICT, String.valueOf(e.getMessage()), e);
        }
    }
}
