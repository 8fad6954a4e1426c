package io.trueno.zram.nbd;

/** The way out of a connection, as the phases see it. Used by its event loop alone. */
interface Output {
    /** A buffer with at least {@code bytes} of room, to write at its end before the next call. */
    IoBuffer room(int bytes);

    /** Sends a filled buffer after what was written so far; takes over its one reference. */
    void append(IoBuffer filled);

    /** Sends what was written. It is sent without this, too, when no more input is there. */
    void flush();

    /** Sends what was written, and goes on with what has arrived. */
    void resume();

    /** Whether the peer leaves so much unread that nothing should be added. */
    boolean isBackedUp();

    /** Sends what was written, then closes the connection. */
    void finish();

    /** Closes the connection now: the peer broke the protocol. */
    void drop(String why);

    /** The handshake is over: what arrives from now on are requests. */
    void enter(Session session);
}
