package io.trueno.zram.nbd;

import io.netty.buffer.ByteBuf;

/**
 * What a connection does with the bytes that arrive: the handshake, then requests. Used by the
 * connection's event loop alone.
 */
interface Phase {
    /**
     * Takes the next thing from {@code in} if it is all there, or the part of it that may be taken.
     *
     * @return whether something was taken, so that there may be more to take
     */
    boolean advance(ByteBuf in);

    /** Whether nothing more is taken, and so must not be received, until something else is done. */
    boolean isWaiting();

    /** Starts nothing new; the connection ends when what was started is answered. */
    void drain();

    /** There is room for output again. */
    void outputIsWritable();

    /** The connection is gone; answers to what still runs are dropped. */
    void closed();
}
