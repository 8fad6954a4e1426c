package io.trueno.zram.agent.device;

import io.trueno.zram.engine.store.BlockState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the pages in a part of a device, which is small enough for one message.
 *
 * @param blocks those that are stored, in order
 * @param next first page of the next part; null if this was the last
 */
public record BlockStates(List<BlockState> blocks, @Nullable Long next) {
    /** Pages in a part. */
    public static final int PAGES = 16384;
}
