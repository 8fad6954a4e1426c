package io.trueno.zram.engine.store;

/**
 * A chunk that slots are being cut from, front to back, or none. For whoever holds the lane that it
 * belongs to.
 */
final class OpenChunk {
    private final SlotArena arena;
    private int chunk = SlotArena.NONE;
    private int top = SlotArena.CHUNK;

    OpenChunk(SlotArena arena) {
        this.arena = arena;
    }

    /** The chunk's number, or {@link SlotArena#NONE}. */
    int number() {
        return chunk;
    }

    /** Bytes that are left; 0 if there is no chunk. */
    int rest() {
        return SlotArena.CHUNK - top;
    }

    /** Cuts a slot, for which there is room, and gives its address. */
    long cut(int slotBytes) {
        long address = SlotArena.chunkAddress(chunk) + top;
        top += slotBytes;
        return address;
    }

    /** Takes back the last slot cut, which was not published. */
    void undo(int slotBytes) {
        top -= slotBytes;
    }

    /** The address after the last slot. */
    long end() {
        return SlotArena.chunkAddress(chunk) + top;
    }

    /** Gives the chunk up, so that it can be emptied and reused. */
    void seal() {
        if (chunk != SlotArena.NONE) {
            arena.seal(chunk, top);
            chunk = SlotArena.NONE;
            top = SlotArena.CHUNK;
        }
    }

    /** Gives the chunk up and takes a fresh one. */
    void replace(int fresh) {
        seal();
        chunk = fresh;
        top = 0;
    }
}
