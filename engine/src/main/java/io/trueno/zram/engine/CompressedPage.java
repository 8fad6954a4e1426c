package io.trueno.zram.engine;

import java.util.Arrays;

/**
 * One compressed page on the Java heap: what {@link PageCompressor#compress(byte[])} gives.
 *
 * @param algorithm how {@code data} is encoded; {@code NONE} if the page would not shrink and
 *     {@code SAME_FILL} if it is one 8-byte word repeated, which is then all of {@code data}
 * @param data the encoded bytes, exactly as long as they are; shared, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // a buffer handed over, as in java.net.http
public record CompressedPage(Algorithm algorithm, byte[] data) {
    /** Whether fewer bytes are stored than a page has. */
    public boolean isCompressed() {
        return data.length < Pages.SIZE;
    }

    /** Bytes of a page over bytes stored. */
    public double ratio() {
        return (double) Pages.SIZE / data.length;
    }

    /** Bytes that storing this instead of the page saves. */
    public int bytesSaved() {
        return Pages.SIZE - data.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CompressedPage(Algorithm a, byte[] d)
                && algorithm.equals(a)
                && Arrays.equals(data, d);
    }

    @Override
    public int hashCode() {
        return 31 * algorithm.hashCode() + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "CompressedPage[" + algorithm + ", " + data.length + " bytes]";
    }
}
