package io.trueno.zram.config;

/** What a device's store optimises for. */
public enum StorePolicy {
    /** The fastest codec for every page. */
    SPEED,
    /** A stronger codec where it pays. */
    BALANCED,
    /** The least memory. */
    RATIO;

    /** What pages are compressed with under this policy where no algorithm is named. */
    public String defaultAlgorithm() {
        return this == SPEED ? "lz4" : "adaptive";
    }
}
