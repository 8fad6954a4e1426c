package io.trueno.zram.engine.codec.zstd;

/**
 * A normalised distribution of symbols, from which encoder and decoder build the same FSE table
 * (RFC 8878, 4.1.1). Immutable by agreement: nobody writes to {@link #counts}.
 */
final class FseDescription {
    /** The distributions that frames may use without describing them (3.1.1.3.2.2). */
    static final FseDescription
            DEFAULT_LITERAL_LENGTHS =
                    new FseDescription(
                            ZstdFormat.DEFAULT_LITERAL_LENGTH_LOG,
                            ZstdFormat.DEFAULT_LITERAL_LENGTHS),
            DEFAULT_MATCH_LENGTHS =
                    new FseDescription(
                            ZstdFormat.DEFAULT_MATCH_LENGTH_LOG, ZstdFormat.DEFAULT_MATCH_LENGTHS),
            DEFAULT_OFFSETS =
                    new FseDescription(ZstdFormat.DEFAULT_OFFSET_LOG, ZstdFormat.DEFAULT_OFFSETS);

    private final int accuracyLog;
    private final short[] counts;

    /**
     * @param counts absolute values sum to {@code 1 << accuracyLog}; kept
     */
    FseDescription(int accuracyLog, short[] counts) {
        this.accuracyLog = accuracyLog;
        this.counts = counts;
    }

    /** log2 of the number of cells in the table. */
    int accuracyLog() {
        return accuracyLog;
    }

    /** Cells of each symbol; -1 is a probability below one, which takes one cell. */
    short[] counts() {
        return counts;
    }
}
