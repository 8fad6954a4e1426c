package io.trueno.zram.nbd.netlink;

import static io.trueno.zram.nbd.netlink.NetlinkAbi.GENL_HDRLEN;
import static io.trueno.zram.nbd.netlink.NetlinkAbi.NLMSG_ALIGNTO;
import static io.trueno.zram.nbd.netlink.NetlinkAbi.NLMSG_HDRLEN;

import io.trueno.zram.nbd.sys.Linux;
import io.trueno.zram.nbd.sys.SystemCallException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;

/** A socket to the kernel's generic netlink families, {@code netlink(7)}. Thread-safe. */
final class GenericNetlink implements AutoCloseable {
    private static final int BYTES = 64 << 10;

    private final int fd = Linux.netlinkSocket();
    private final ByteBuffer bytes =
            ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
    private final long address = MemorySegment.ofBuffer(bytes).address();
    private int sequence;

    /**
     * The number of a family.
     *
     * @throws SystemCallException with {@code ENOENT} if the kernel has none of that name
     */
    int family(String name) {
        List<NetlinkAttribute> answer =
                request(
                        "find netlink family " + name,
                        NetlinkAbi.GENL_ID_CTRL,
                        NetlinkAbi.CTRL_CMD_GETFAMILY,
                        1,
                        message -> message.putString(NetlinkAbi.CTRL_ATTR_FAMILY_NAME, name));
        return NetlinkAttribute.find(answer, NetlinkAbi.CTRL_ATTR_FAMILY_ID)
                .orElseThrow(() -> new IllegalStateException("no number of family=" + name))
                .u16();
    }

    /**
     * Asks for something and waits until it is done.
     *
     * @param what for people
     * @param attributes writes those of the request
     * @return attributes of the answer; empty if it has none but that it is done
     * @throws SystemCallException if it is refused
     */
    synchronized List<NetlinkAttribute> request(
            String what,
            int family,
            int command,
            int version,
            Consumer<NetlinkMessage> attributes) {
        int flags = NetlinkAbi.NLM_F_REQUEST | NetlinkAbi.NLM_F_ACK;
        NetlinkMessage message =
                new NetlinkMessage(bytes.clear(), family, flags, ++sequence, command, version);
        attributes.accept(message);
        Linux.send(fd, address, message.end());
        return answer(what);
    }

    /** Reads until the acknowledgement, which comes last. */
    private List<NetlinkAttribute> answer(String what) {
        List<NetlinkAttribute> answer = List.of();
        while (true) {
            int received = Linux.receive(fd, address, BYTES);
            for (int at = 0; received - at >= NLMSG_HDRLEN; ) {
                int length = bytes.getInt(at);
                if (length < NLMSG_HDRLEN + GENL_HDRLEN || length > received - at) {
                    throw new IllegalStateException(
                            "netlink message does not fit: length=" + length);
                }
                if (bytes.getInt(at + 8) == sequence) {
                    if (bytes.getShort(at + 4) == NetlinkAbi.NLMSG_ERROR) {
                        int error = -bytes.getInt(at + NLMSG_HDRLEN);
                        if (error != 0) {
                            throw new SystemCallException(what, error);
                        }
                        return answer;
                    }
                    answer = NetlinkAttribute.readAll(copy(at, length));
                }
                at += (length + NLMSG_ALIGNTO - 1) & -NLMSG_ALIGNTO;
            }
        }
    }

    /** The attributes of a message, which outlive the buffer. */
    private ByteBuffer copy(int at, int length) {
        int start = NLMSG_HDRLEN + GENL_HDRLEN;
        ByteBuffer copy = ByteBuffer.allocate(length - start).order(ByteOrder.nativeOrder());
        return copy.put(0, bytes, at + start, length - start);
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
