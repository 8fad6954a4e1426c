package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;

/**
 * Reads what stands before a frame's blocks (RFC 8878, 3.1.1.1), skippable frames included. Reused
 * from frame to frame. One thread at a time.
 */
final class ZstdFrameHeader {
    private static final int SKIPPABLE_MAGIC = 0x184D2A50;
    private static final int SKIPPABLE_MAGIC_MASK = 0xFFFFFFF0;
    private static final int SKIPPABLE_HEADER_BYTES = 8;

    private int dictionaryId;
    private boolean checksum;

    /** The dictionary that the frame asks for, unsigned; 0 if it names none. */
    int dictionaryId() {
        return dictionaryId;
    }

    /** Whether four bytes of checksum follow the last block. */
    boolean checksum() {
        return checksum;
    }

    /**
     * Reads the header of the first frame that is not skippable.
     *
     * @param in the packed bytes, with at least 16 bytes of slack after {@code limit}
     * @return index of the first block header
     * @throws CorruptPageException if there is no such frame, or it declares another length than a
     *     page's
     */
    int read(byte[] in, int limit) {
        int at = skipSkippable(in, limit);
        int descriptor = in[at + 4] & 0xFF;
        boolean singleSegment = (descriptor & 0x20) != 0;
        int idBytes = (1 << (descriptor & 3)) >> 1;
        int sizeFlag = descriptor >>> 6;
        int sizeBytes = sizeFlag == 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;
        int idFrom = at + 5 + (singleSegment ? 0 : 1);
        int sizeFrom = idFrom + idBytes;
        int end = sizeFrom + sizeBytes;
        if (end > limit) {
            throw new CorruptPageException(limit, "frame header is truncated");
        }
        if ((descriptor & 0x08) != 0) {
            throw new CorruptPageException(at + 4, "reserved bit of the frame header is set");
        }
        checksum = (descriptor & 0x04) != 0;
        dictionaryId = (int) (LittleEndian.getInt(in, idFrom) & ~(-1L << (8 * idBytes)));
        if (sizeBytes != 0) {
            long size = LittleEndian.getLong(in, sizeFrom);
            size =
                    switch (sizeBytes) {
                        case 1 -> size & 0xFF;
                        case 2 -> (size & 0xFFFF) + 256;
                        case 4 -> size & 0xFFFFFFFFL;
                        default -> size;
                    };
            if (size != Pages.SIZE) {
                throw new CorruptPageException(sizeFrom, "frame does not hold one page");
            }
        }
        return end;
    }

    /** Index of the first frame that is not skippable; its descriptor lies before the limit. */
    private static int skipSkippable(byte[] in, int limit) {
        int at = 0;
        while (at + SKIPPABLE_HEADER_BYTES <= limit
                && (LittleEndian.getInt(in, at) & SKIPPABLE_MAGIC_MASK) == SKIPPABLE_MAGIC) {
            long length = LittleEndian.getInt(in, at + 4) & 0xFFFFFFFFL;
            if (length > limit - at - SKIPPABLE_HEADER_BYTES) {
                throw new CorruptPageException(at + 4, "skippable frame is truncated");
            }
            at += SKIPPABLE_HEADER_BYTES + (int) length;
        }
        if (at + 5 > limit || LittleEndian.getInt(in, at) != ZstdFormat.FRAME_MAGIC) {
            throw new CorruptPageException(at, "not a Zstandard frame");
        }
        return at;
    }
}
