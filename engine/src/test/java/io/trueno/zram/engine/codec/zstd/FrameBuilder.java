package io.trueno.zram.engine.codec.zstd;

import java.io.ByteArrayOutputStream;

/** Builds frames by hand, for what encoders rarely or never write. */
final class FrameBuilder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Magic number and a header of one segment of 4096 bytes. */
    static FrameBuilder frame() {
        return new FrameBuilder().bytes(0x28, 0xB5, 0x2F, 0xFD, 0x60, 0x00, 0x0F);
    }

    /** Nothing yet: blocks that stand alone. */
    static FrameBuilder blocks() {
        return new FrameBuilder();
    }

    FrameBuilder bytes(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    FrameBuilder bytes(byte[] values) {
        bytes.writeBytes(values);
        return this;
    }

    FrameBuilder raw(boolean last, byte[] content) {
        return blockHeader(last, ZstdFormat.BLOCK_RAW, content.length).bytes(content);
    }

    FrameBuilder rle(boolean last, int value, int count) {
        return blockHeader(last, ZstdFormat.BLOCK_RLE, count).bytes(value);
    }

    FrameBuilder compressed(boolean last, FrameBuilder content) {
        return blockHeader(last, ZstdFormat.BLOCK_COMPRESSED, content.bytes.size())
                .bytes(content.toBytes());
    }

    FrameBuilder blockHeader(boolean last, int type, int size) {
        int header = (last ? 1 : 0) | type << 1 | size << 3;
        return bytes(header, header >>> 8, header >>> 16);
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
