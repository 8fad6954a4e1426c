package io.trueno.zram.config;

/** What a device's store optimises for. */
public enum StorePolicy {
    /** The fastest codec for every page. */
    SPEED,
    /** A stronger codec where it pays. */
    BALANCED,
    /** The least memory. */
    RATIO
}
