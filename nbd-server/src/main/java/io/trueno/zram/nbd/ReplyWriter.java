package io.trueno.zram.nbd;

import static io.trueno.zram.nbd.NbdProtocol.REPLY_FLAG_DONE;
import static io.trueno.zram.nbd.NbdProtocol.REPLY_TYPE_BLOCK_STATUS;
import static io.trueno.zram.nbd.NbdProtocol.REPLY_TYPE_ERROR;
import static io.trueno.zram.nbd.NbdProtocol.REPLY_TYPE_OFFSET_DATA;
import static io.trueno.zram.nbd.NbdProtocol.REPLY_TYPE_OFFSET_HOLE;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Writes replies at the end of a buffer.
 *
 * <pre>
 *  simple       magic 4 | error 4 | cookie 8 | data of a read
 *  structured   magic 4 | flags 2 | type 2 | cookie 8 | length 4 | payload of that length
 * </pre>
 */
final class ReplyWriter {
    static final int SIMPLE_BYTES = 16;
    static final int CHUNK_BYTES = 20;

    /** A chunk's header with the offset that data and holes begin with. */
    static final int DATA_CHUNK_BYTES = CHUNK_BYTES + 8;

    static final int HOLE_CHUNK_BYTES = DATA_CHUNK_BYTES + 4;

    private static final int MAX_MESSAGE_BYTES = 256;

    private ReplyWriter() {}

    /** Success, as a simple reply, which every command but read and block status may have. */
    static void ok(ByteBuf out, long cookie) {
        simple(out, cookie, 0);
    }

    /** The failure of a whole request; with its reason where the client can take one. */
    static void error(ByteBuf out, Session session, long cookie, NbdError error, String message) {
        if (!session.structured()) {
            simple(out, cookie, error.code());
            return;
        }
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        int textBytes = Math.min(text.length, MAX_MESSAGE_BYTES);
        chunk(out, REPLY_FLAG_DONE, REPLY_TYPE_ERROR, cookie, 6 + textBytes);
        out.writeInt(error.code());
        out.writeShort(textBytes);
        out.writeBytes(text, 0, textBytes);
    }

    /** The header before {@code length} bytes of data from {@code offset}. */
    static void dataChunk(ByteBuf out, boolean done, long cookie, long offset, int length) {
        chunk(out, done ? REPLY_FLAG_DONE : 0, REPLY_TYPE_OFFSET_DATA, cookie, 8 + length);
        out.writeLong(offset);
    }

    /** {@code length} bytes that read as zeros. */
    static void holeChunk(ByteBuf out, boolean done, long cookie, long offset, long length) {
        chunk(out, done ? REPLY_FLAG_DONE : 0, REPLY_TYPE_OFFSET_HOLE, cookie, 12);
        out.writeLong(offset);
        out.writeInt((int) length);
    }

    /**
     * The header before block status descriptors of {@code descriptorBytes} in all, which may be
     * written later: see {@link #endBlockStatus}.
     */
    static int beginBlockStatus(ByteBuf out, long cookie) {
        int start = out.writerIndex();
        chunk(out, REPLY_FLAG_DONE, REPLY_TYPE_BLOCK_STATUS, cookie, 0);
        out.writeInt(NbdProtocol.CONTEXT_ID_ALLOCATION);
        return start;
    }

    /** Sets the length of the chunk begun at {@code start} to what has been written since. */
    static void endBlockStatus(ByteBuf out, int start) {
        out.setInt(start + CHUNK_BYTES - 4, out.writerIndex() - start - CHUNK_BYTES);
    }

    static void simple(ByteBuf out, long cookie, int code) {
        out.writeInt(NbdProtocol.SIMPLE_REPLY_MAGIC);
        out.writeInt(code);
        out.writeLong(cookie);
    }

    private static void chunk(ByteBuf out, int flags, int type, long cookie, int length) {
        out.writeInt(NbdProtocol.STRUCTURED_REPLY_MAGIC);
        out.writeShort(flags);
        out.writeShort(type);
        out.writeLong(cookie);
        out.writeInt(length);
    }
}
