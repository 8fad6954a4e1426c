package io.trueno.zram.nbd.netlink;

import static io.trueno.zram.nbd.netlink.NetlinkAbi.GENL_HDRLEN;
import static io.trueno.zram.nbd.netlink.NetlinkAbi.NLA_HDRLEN;
import static io.trueno.zram.nbd.netlink.NetlinkAbi.NLMSG_ALIGNTO;
import static io.trueno.zram.nbd.netlink.NetlinkAbi.NLMSG_HDRLEN;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Writes one generic netlink message, in the byte order of the machine.
 *
 * <pre>
 *  offset  0       4     6      8         12    16       17       18      20
 *          length  type  flags  sequence  port  command  version  0       attributes
 *
 *  attribute, at a multiple of 4:   length 2 | type 2 | value
 * </pre>
 */
final class NetlinkMessage {
    private final ByteBuffer bytes;

    /**
     * Begins a message.
     *
     * @param bytes in native order, cleared; the message is written from its start
     * @param type the family's number
     * @param sequence given back with the answer
     */
    NetlinkMessage(ByteBuffer bytes, int type, int flags, int sequence, int command, int version) {
        this.bytes = bytes;
        bytes.putInt(0)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(sequence)
                .putInt(0) // the port: the kernel's business
                .put((byte) command)
                .put((byte) version)
                .putShort((short) 0);
        assert bytes.position() == NLMSG_HDRLEN + GENL_HDRLEN;
    }

    NetlinkMessage putU32(int type, int value) {
        header(type, Integer.BYTES);
        bytes.putInt(value);
        return this;
    }

    NetlinkMessage putU64(int type, long value) {
        header(type, Long.BYTES);
        bytes.putLong(value);
        return this;
    }

    /** A string and the zero byte that ends it. */
    NetlinkMessage putString(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        header(type, text.length + 1);
        bytes.put(text).put((byte) 0);
        align();
        return this;
    }

    /** An attribute that consists of attributes. */
    NetlinkMessage putNested(int type, Consumer<NetlinkMessage> content) {
        int start = bytes.position();
        header(type, 0);
        content.accept(this);
        bytes.putShort(start, (short) (bytes.position() - start));
        return this;
    }

    private void header(int type, int valueBytes) {
        bytes.putShort((short) (NLA_HDRLEN + valueBytes)).putShort((short) type);
    }

    private void align() {
        while (bytes.position() % NLMSG_ALIGNTO != 0) {
            bytes.put((byte) 0);
        }
    }

    /** Ends the message; its length in bytes. */
    int end() {
        bytes.putInt(0, bytes.position());
        return bytes.position();
    }
}
