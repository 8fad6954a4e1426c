package io.trueno.zram.nbd.netlink;

import static io.trueno.zram.nbd.netlink.NetlinkAbi.NLA_HDRLEN;
import static io.trueno.zram.nbd.netlink.NetlinkAbi.NLA_TYPE_MASK;
import static io.trueno.zram.nbd.netlink.NetlinkAbi.NLMSG_ALIGNTO;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An attribute of a message that has come.
 *
 * @param type its number
 * @param value from position to limit, in native order
 */
record NetlinkAttribute(int type, ByteBuffer value) {
    /**
     * Takes attributes apart.
     *
     * @param bytes from position to limit; left as they are
     * @throws IllegalArgumentException if a length does not fit
     */
    static List<NetlinkAttribute> readAll(ByteBuffer bytes) {
        List<NetlinkAttribute> attributes = new ArrayList<>();
        int at = bytes.position();
        while (bytes.limit() - at >= NLA_HDRLEN) {
            int length = Short.toUnsignedInt(bytes.getShort(at));
            if (length < NLA_HDRLEN || length > bytes.limit() - at) {
                throw new IllegalArgumentException("attribute does not fit: length=" + length);
            }
            attributes.add(
                    new NetlinkAttribute(
                            Short.toUnsignedInt(bytes.getShort(at + 2)) & NLA_TYPE_MASK,
                            bytes.slice(at + NLA_HDRLEN, length - NLA_HDRLEN)
                                    .order(bytes.order())));
            at += (length + NLMSG_ALIGNTO - 1) & -NLMSG_ALIGNTO;
        }
        return attributes;
    }

    /** The first attribute of a type. */
    static Optional<NetlinkAttribute> find(List<NetlinkAttribute> attributes, int type) {
        return attributes.stream().filter(attribute -> attribute.type == type).findFirst();
    }

    /** The attributes that it consists of. */
    List<NetlinkAttribute> nested() {
        return readAll(value);
    }

    int u8() {
        return value.get(value.position());
    }

    int u16() {
        return Short.toUnsignedInt(value.getShort(value.position()));
    }

    int u32() {
        return value.getInt(value.position());
    }
}
