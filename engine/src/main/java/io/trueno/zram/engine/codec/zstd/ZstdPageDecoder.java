package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses Zstandard frames (RFC 8878) whose content is one page, of any encoder, and the
 * blocks alone, without magic number and headers, that a page store may keep.
 *
 * <p>Holds tables, and a copy of the dictionary's content in front of the place where pages are
 * decoded, so that matches into the dictionary are like any other. An instance serves one thread at
 * a time; steady state allocates nothing. The input may be hostile: it leads to {@link
 * CorruptPageException} and to nothing else.
 */
public final class ZstdPageDecoder {
    private static final int CHECKSUM_BYTES = 4;

    private final int dictionaryId;
    private final ZstdFrameHeader header = new ZstdFrameHeader();
    private final LiteralsDecoder literals;
    private final SequencesDecoder sequences;

    /** Dictionary content, then the page, then slack. */
    private final byte[] out;

    private final int pageFrom;
    private final int pageEnd;

    /** A decoder of frames without a dictionary. */
    public ZstdPageDecoder() {
        this(null);
    }

    /**
     * A decoder of frames that were compressed with {@code dictionary}, whether they name it or
     * not, or without one.
     */
    public ZstdPageDecoder(@Nullable ZstdDictionary dictionary) {
        byte[] content = dictionary == null ? new byte[0] : dictionary.content();
        this.dictionaryId = dictionary == null ? 0 : dictionary.id();
        this.literals = new LiteralsDecoder(dictionary);
        this.sequences = new SequencesDecoder(dictionary);
        this.pageFrom = content.length;
        this.pageEnd = pageFrom + Pages.SIZE;
        this.out = Arrays.copyOf(content, pageEnd + SequencesDecoder.OUT_SLACK);
    }

    /**
     * Decompresses a frame. Skippable frames before it are skipped; nothing may follow it.
     *
     * @param packed holds the frame from index 0; not changed
     * @param packedLength 1 to {@code Pages.SIZE}
     * @param page takes the page at {@code pageOffset}
     * @throws CorruptPageException if the bytes are not a frame of exactly one page, its checksum
     *     is wrong, or it needs another dictionary
     * @throws IndexOutOfBoundsException if the page does not lie in the segment, {@code packed} is
     *     shorter than {@link PageCodec#PACKED_CAPACITY}, or {@code packedLength} is out of range
     */
    public void decodeFrame(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        checkArguments(packed, packedLength, page, pageOffset);
        int at = header.read(packed, packedLength);
        if (header.dictionaryId() != 0 && header.dictionaryId() != dictionaryId) {
            throw new CorruptPageException(
                    0, "frame needs dictionary " + Integer.toUnsignedString(header.dictionaryId()));
        }
        int end = decodeAll(packed, at, packedLength);
        if (header.checksum()) {
            if (end + CHECKSUM_BYTES > packedLength) {
                throw new CorruptPageException(packedLength, "checksum is truncated");
            }
            if ((int) XxHash64.ofPage(out, pageFrom) != LittleEndian.getInt(packed, end)) {
                throw new CorruptPageException(end, "checksum does not match the content");
            }
            end += CHECKSUM_BYTES;
        }
        finish(end, packedLength, page, pageOffset);
    }

    /**
     * Decompresses blocks that stand alone: a frame without its magic number, header and checksum.
     * Dictionary and length are known from elsewhere.
     *
     * @param packed holds the blocks from index 0, the last one marked as such; not changed
     * @param packedLength 1 to {@code Pages.SIZE}
     * @param page takes the page at {@code pageOffset}
     * @throws CorruptPageException if the bytes are not blocks of exactly one page
     * @throws IndexOutOfBoundsException as for {@link #decodeFrame}
     */
    public void decodeBlocks(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        checkArguments(packed, packedLength, page, pageOffset);
        finish(decodeAll(packed, 0, packedLength), packedLength, page, pageOffset);
    }

    private static void checkArguments(
            byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        Objects.checkFromIndexSize(pageOffset, Pages.SIZE, page.byteSize());
        Objects.checkFromIndexSize(0, PageCodec.PACKED_CAPACITY, packed.length);
        Objects.checkIndex(packedLength - 1, Pages.SIZE);
    }

    private void finish(int end, int packedLength, MemorySegment page, long pageOffset) {
        if (end != packedLength) {
            throw new CorruptPageException(end, "bytes after the end of the page");
        }
        MemorySegment.copy(out, pageFrom, page, ValueLayout.JAVA_BYTE, pageOffset, Pages.SIZE);
    }

    /** Decodes blocks up to the last one; returns the index of the first byte behind it. */
    private int decodeAll(byte[] in, int from, int limit) {
        literals.startFrame();
        sequences.startFrame();
        int at = from;
        int written = pageFrom;
        boolean last;
        do {
            int blockFrom = at + ZstdFormat.BLOCK_HEADER_BYTES;
            if (blockFrom > limit) {
                throw new CorruptPageException(limit, "block header is truncated");
            }
            int header = LittleEndian.getInt(in, at) & 0xFFFFFF;
            last = (header & 1) != 0;
            int type = header >>> 1 & 3;
            int size = header >>> 3;
            at = blockFrom + (type == ZstdFormat.BLOCK_RLE ? 1 : size);
            if (at > limit) {
                throw new CorruptPageException(limit, "block is truncated");
            }
            if (type == ZstdFormat.BLOCK_COMPRESSED) {
                written = decodeCompressed(in, blockFrom, at, written);
            } else if (type == ZstdFormat.BLOCK_RESERVED || size > pageEnd - written) {
                throw new CorruptPageException(
                        blockFrom - ZstdFormat.BLOCK_HEADER_BYTES, "block type or size");
            } else if (type == ZstdFormat.BLOCK_RAW) {
                System.arraycopy(in, blockFrom, out, written, size);
                written += size;
            } else {
                Arrays.fill(out, written, written + size, in[blockFrom]);
                written += size;
            }
        } while (!last);
        if (written != pageEnd) {
            throw new CorruptPageException(at, "content is shorter than a page");
        }
        return at;
    }

    private int decodeCompressed(byte[] in, int from, int limit, int written) {
        int at = literals.decode(in, from, limit, pageEnd - written);
        return sequences.decode(
                in,
                at,
                limit,
                literals.bytes(),
                literals.from(),
                literals.to(),
                out,
                written,
                pageEnd);
    }
}
