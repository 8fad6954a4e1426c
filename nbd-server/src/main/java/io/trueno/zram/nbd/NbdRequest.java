package io.trueno.zram.nbd;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request's header. Mutable, so that a connection needs only one.
 *
 * <pre>
 *  offset  0      4      6     8        16       24      28
 *          magic  flags  type  cookie   offset   length
 * </pre>
 */
final class NbdRequest {
    /** Bytes of a header on the wire. */
    static final int BYTES = 28;

    private int flags;
    private int type;
    private long cookie;
    private long offset;
    private long length;

    /**
     * Takes a header from {@code in}, which has at least {@link #BYTES} readable.
     *
     * @return false if the magic number is wrong, after which nothing that follows can be trusted
     */
    boolean decode(ByteBuf in) {
        int at = in.readerIndex();
        boolean magicIsRight = in.getInt(at) == NbdProtocol.REQUEST_MAGIC;
        set(
                in.getUnsignedShort(at + 4),
                in.getUnsignedShort(at + 6),
                in.getLong(at + 8),
                in.getLong(at + 16),
                in.getUnsignedInt(at + 24));
        in.readerIndex(at + BYTES);
        return magicIsRight;
    }

    /** Sets every field; the values are as on the wire, nothing is checked. */
    NbdRequest set(int flags, int type, long cookie, long offset, long length) {
        this.flags = flags;
        this.type = type;
        this.cookie = cookie;
        this.offset = offset;
        this.length = length;
        return this;
    }

    /** The command, null if its number is not known. */
    @Nullable NbdCommand command() {
        return NbdCommand.of(type);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    int flags() {
        return flags;
    }

    /** The client's name for the request, given back with the reply. */
    long cookie() {
        return cookie;
    }

    /** In bytes; unsigned on the wire, so a negative value is far past the end of any device. */
    long offset() {
        return offset;
    }

    /** In bytes, 0 to 2^32-1. */
    long length() {
        return length;
    }
}
