package io.trueno.zram.engine.store;

/** The room that a store file has for dictionaries. */
final class Dictionaries {
    /** Most dictionaries at a time. */
    static final int MOST = 32;

    /** Bytes of the file that they lie in. */
    static final long BYTES = (long) MOST << 16;

    private Dictionaries() {}
}
