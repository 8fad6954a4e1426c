package io.trueno.zram.nbd;

import java.util.ArrayDeque;

/**
 * Keeps released {@link IoBuffer}s for the next user, the last one first because the caches know
 * it. Thread-safe. It never refuses: what a connection holds is bounded by the connection.
 */
final class BufferPool {
    private final ArrayDeque<IoBuffer> free = new ArrayDeque<>();
    private final int kept;
    private int lent;

    /**
     * @param kept how many unused buffers are held at most
     */
    BufferPool(int kept) {
        this.kept = kept;
    }

    /** An empty buffer, to be released once. */
    IoBuffer take() {
        synchronized (free) {
            lent++;
            IoBuffer buffer = free.pollLast();
            if (buffer != null) {
                return buffer.renew();
            }
        }
        return new IoBuffer(this).renew();
    }

    /** Called by the buffer itself when its last reference is gone. */
    void give(IoBuffer buffer) {
        synchronized (free) {
            lent--;
            if (free.size() < kept) {
                free.addLast(buffer);
            }
        }
    }

    /** Buffers that are out now; zero when no connection is open. */
    int lent() {
        synchronized (free) {
            return lent;
        }
    }
}
