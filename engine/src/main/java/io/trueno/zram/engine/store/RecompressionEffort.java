package io.trueno.zram.engine.store;

/** How hard a recompression tries, from little to all there is. */
public enum RecompressionEffort {
    /** Zstandard level 3, page by page. */
    ZSTD,
    /** The same, or with a dictionary of the store where that is shorter. */
    DICTIONARY,
    /** The same with Zstandard's dense encoder, level 19, and neighbours together. */
    MOST;

    /** The number of this effort, 1 to 3: kernel zram's priority. */
    int priority() {
        return switch (this) {
            case ZSTD -> 1;
            case DICTIONARY -> 2;
            case MOST -> 3;
        };
    }

    /** The effort of a kernel zram priority, 1 to 3. */
    static RecompressionEffort ofPriority(int priority) {
        return values()[priority - 1];
    }
}
