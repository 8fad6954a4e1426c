package io.trueno.zram.nbd.netlink;

import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_BACKEND_IDENTIFIER;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_BLOCK_SIZE_BYTES;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_CLIENT_FLAGS;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_DEAD_CONN_TIMEOUT;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_DEVICE_LIST;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_INDEX;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_SERVER_FLAGS;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_SIZE_BYTES;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_SOCKETS;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_ATTR_TIMEOUT;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_CMD_CONNECT;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_CMD_DISCONNECT;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_CMD_RECONFIGURE;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_CMD_STATUS;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_DEVICE_CONNECTED;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_DEVICE_INDEX;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_DEVICE_ITEM;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_FLAG_HAS_FLAGS;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_FLAG_SEND_TRIM;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_FLAG_SEND_WRITE_ZEROES;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_GENL_FAMILY_NAME;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_GENL_VERSION;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_SOCK_FD;
import static io.trueno.zram.nbd.netlink.NbdNetlinkAbi.NBD_SOCK_ITEM;

import io.trueno.zram.nbd.sys.SystemCallException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The kernel's nbd driver. Its devices are told by their numbers, N of {@code /dev/nbdN}.
 * Thread-safe; what the driver refuses is a {@link SystemCallException}.
 */
public final class NbdControl implements AutoCloseable {
    private static final int BLOCK_BYTES = 4096;

    /** Never: a slow server is not a dead one, and what it has taken it will still do. */
    private static final long REQUEST_TIMEOUT_SECONDS = 0;

    /** How long requests wait for the next server: in effect for ever. */
    private static final long DEAD_CONNECTION_SECONDS = 365L * 24 * 3600;

    /**
     * Flushes are not asked for: what is answered is stored, and outlives this process.
     *
     * <p>{@code DISCONNECT_ON_CLOSE} and {@code DESTROY_ON_DISCONNECT} are not among the client's.
     */
    private static final long SERVER_FLAGS =
            NBD_FLAG_HAS_FLAGS | NBD_FLAG_SEND_TRIM | NBD_FLAG_SEND_WRITE_ZEROES;

    private final GenericNetlink netlink = new GenericNetlink();
    private final int family;

    /**
     * Finds the driver; the kernel loads it if it can.
     *
     * @throws SystemCallException with {@code ENOENT} if there is none
     */
    public NbdControl() {
        try {
            family = netlink.family(NBD_GENL_FAMILY_NAME);
        } catch (RuntimeException e) {
            netlink.close();
            throw e;
        }
    }

    /**
     * Makes a device.
     *
     * @param preferred its number; -1 takes a free one
     * @param sizeBytes whole blocks of 4096 bytes
     * @param identity told by the kernel in {@code /sys/block/nbdN/backend}, since Linux 5.14
     * @param socket a stream socket of which the kernel takes its own hold; what comes in there are
     *     requests of the transmission phase, with simple replies
     * @return the device's number
     */
    public int connect(int preferred, long sizeBytes, String identity, int socket) {
        List<NetlinkAttribute> answer =
                request(
                        "connect",
                        NBD_CMD_CONNECT,
                        message -> connect(message, preferred, sizeBytes, identity, socket));
        return NetlinkAttribute.find(answer, NBD_ATTR_INDEX)
                .orElseThrow(() -> new IllegalStateException("no number of a new nbd device"))
                .u32();
    }

    static void connect(
            NetlinkMessage message, int preferred, long sizeBytes, String identity, int socket) {
        if (preferred >= 0) {
            message.putU32(NBD_ATTR_INDEX, preferred);
        }
        message.putU64(NBD_ATTR_SIZE_BYTES, sizeBytes)
                .putU64(NBD_ATTR_BLOCK_SIZE_BYTES, BLOCK_BYTES)
                .putU64(NBD_ATTR_TIMEOUT, REQUEST_TIMEOUT_SECONDS)
                .putU64(NBD_ATTR_DEAD_CONN_TIMEOUT, DEAD_CONNECTION_SECONDS)
                .putU64(NBD_ATTR_SERVER_FLAGS, SERVER_FLAGS)
                .putU64(NBD_ATTR_CLIENT_FLAGS, 0)
                .putString(NBD_ATTR_BACKEND_IDENTIFIER, identity);
        putSocket(message, socket);
    }

    /**
     * Gives a device that has lost its socket another one. One that has lost none keeps it, and
     * this one is left alone: its other end is closed when the caller closes it.
     */
    public void reconnect(int index, String identity, int socket) {
        request(
                "reconnect nbd" + index,
                NBD_CMD_RECONFIGURE,
                message ->
                        putSocket(
                                message.putU32(NBD_ATTR_INDEX, index)
                                        .putString(NBD_ATTR_BACKEND_IDENTIFIER, identity),
                                socket));
    }

    private static void putSocket(NetlinkMessage message, int socket) {
        message.putNested(
                NBD_ATTR_SOCKETS,
                sockets ->
                        sockets.putNested(NBD_SOCK_ITEM, item -> item.putU32(NBD_SOCK_FD, socket)));
    }

    /** Changes a device's size; waits for the requests under way. */
    public void resize(int index, String identity, long sizeBytes) {
        request(
                "resize nbd" + index,
                NBD_CMD_RECONFIGURE,
                message ->
                        message.putU32(NBD_ATTR_INDEX, index)
                                .putString(NBD_ATTR_BACKEND_IDENTIFIER, identity)
                                .putU64(NBD_ATTR_SIZE_BYTES, sizeBytes));
    }

    /** Ends a device; requests that are under way or waiting fail. */
    public void disconnect(int index) {
        request(
                "disconnect nbd" + index,
                NBD_CMD_DISCONNECT,
                message -> message.putU32(NBD_ATTR_INDEX, index));
    }

    /** The devices that have a server, or had one and wait for the next. */
    public List<Integer> connected() {
        List<Integer> indexes = new ArrayList<>();
        for (NetlinkAttribute list : request("list", NBD_CMD_STATUS, _ -> {})) {
            if (list.type() == NBD_ATTR_DEVICE_LIST) {
                addConnected(indexes, list);
            }
        }
        return indexes;
    }

    static void addConnected(List<Integer> indexes, NetlinkAttribute list) {
        for (NetlinkAttribute item : list.nested()) {
            List<NetlinkAttribute> device = item.nested();
            boolean connected =
                    item.type() == NBD_DEVICE_ITEM
                            && NetlinkAttribute.find(device, NBD_DEVICE_CONNECTED)
                                    .filter(attribute -> attribute.u8() != 0)
                                    .isPresent();
            if (connected) {
                NetlinkAttribute.find(device, NBD_DEVICE_INDEX)
                        .ifPresent(index -> indexes.add(index.u32()));
            }
        }
    }

    private List<NetlinkAttribute> request(
            String what, int command, Consumer<NetlinkMessage> attributes) {
        return netlink.request("nbd " + what, family, command, NBD_GENL_VERSION, attributes);
    }

    @Override
    public void close() {
        netlink.close();
    }
}
