package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;

/**
 * What recompression works with.
 *
 * @param lane for work in the background, shared with the compactor: whoever enters it has it alone
 */
record RepackTools(
        Epochs epochs,
        SlotArena arena,
        Lane lane,
        PageRepacker repacker,
        ClusterPacker clusters,
        DictionaryKeeper keeper) {
    /** Whether pages can be moved without the chunk that is kept for the compactor. */
    boolean hasRoomToMove(int pages) {
        int most = SlotLayout.slotBytes(Pages.SIZE) * pages;
        return lane.openBytes() >= most || arena.hasRoom();
    }
}
