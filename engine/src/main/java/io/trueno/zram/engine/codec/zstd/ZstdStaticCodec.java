package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Zstandard in haste with {@link StaticTables}: faster than level -1, and between it and level 1 in
 * density. Frames name the set of tables as their dictionary, blocks for a store in the last byte
 * of the block's header. Reads what is written without static tables too.
 */
public final class ZstdStaticCodec implements PageCodec {
    private final boolean frames;
    private final ZstdPageEncoder encoder;
    private final ZstdFrameHeader header = new ZstdFrameHeader();

    /** By the number of a set; 0 is for pages without one. */
    private final ZstdPageDecoder[] decoders;

    private ZstdStaticCodec(StaticTables tables, boolean frames, SimdBackend backend) {
        this.frames = frames;
        encoder = new ZstdPageEncoder(tables, backend);
        decoders = new ZstdPageDecoder[1 + tables.count()];
        decoders[0] = new ZstdPageDecoder(null, backend);
        for (int number = 1; number < decoders.length; number++) {
            decoders[number] = new ZstdPageDecoder(tables, number, backend);
        }
    }

    /**
     * Whole frames, which any Zstandard library decodes that is given the dictionaries.
     *
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public static ZstdStaticCodec ofFrames(SimdBackend backend) {
        return ofFrames(StaticTables.shipped(), backend);
    }

    /** The same with other tables. */
    public static ZstdStaticCodec ofFrames(StaticTables tables, SimdBackend backend) {
        return new ZstdStaticCodec(tables, true, backend);
    }

    /**
     * What a page store keeps: as {@link ZstdBlocksCodec}, whose pages it reads too, with the
     * number of the set in the third byte of a block's header. That byte is zero in any block of a
     * page, whose size needs sixteen bits of header.
     *
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public static ZstdStaticCodec ofBlocks(SimdBackend backend) {
        return new ZstdStaticCodec(StaticTables.shipped(), false, backend);
    }

    @Override
    public int compress(MemorySegment page, long pageOffset, byte[] packed) {
        return frames
                ? encoder.encodeFrame(page, pageOffset, packed)
                : encoder.encodeBlocks(page, pageOffset, packed);
    }

    @Override
    public void decompress(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        Objects.checkFromIndexSize(0, PACKED_CAPACITY, packed.length);
        Objects.checkIndex(packedLength - 1, Pages.SIZE);
        if (frames) {
            header.read(packed, packedLength);
            int id = header.dictionaryId();
            decoder(id == 0 ? 0 : id - StaticTables.FIRST_ID)
                    .decodeFrame(packed, packedLength, page, pageOffset);
        } else {
            int number = packed[ZstdFormat.BLOCK_HEADER_BYTES - 1] & 0xFF;
            decoder(number).decodeBlocks(packed, packedLength, page, pageOffset);
        }
    }

    private ZstdPageDecoder decoder(int number) {
        if (number < 0 || number >= decoders.length) {
            throw new CorruptPageException(0, "no such static tables: number=" + number);
        }
        return decoders[number];
    }
}
