package io.trueno.zram.engine.store;

/**
 * What of a device is stored in one way.
 *
 * @param codec {@code same-fill}, {@code none} for incompressible pages, or a codec's name
 * @param pages stored so
 * @param packedBytes that they take in slots
 */
public record CodecShare(String codec, long pages, long packedBytes) {}
