package io.trueno.zram.nbd.netlink;

/** Constants of {@code linux/nbd-netlink.h} and {@code linux/nbd.h}, under their names there. */
final class NbdNetlinkAbi {
    static final String NBD_GENL_FAMILY_NAME = "nbd";
    static final int NBD_GENL_VERSION = 1;

    static final int NBD_CMD_CONNECT = 1;
    static final int NBD_CMD_DISCONNECT = 2;
    static final int NBD_CMD_RECONFIGURE = 3;
    static final int NBD_CMD_STATUS = 5;

    static final int NBD_ATTR_INDEX = 1;
    static final int NBD_ATTR_SIZE_BYTES = 2;
    static final int NBD_ATTR_BLOCK_SIZE_BYTES = 3;
    static final int NBD_ATTR_TIMEOUT = 4;
    static final int NBD_ATTR_SERVER_FLAGS = 5;
    static final int NBD_ATTR_CLIENT_FLAGS = 6;
    static final int NBD_ATTR_SOCKETS = 7;
    static final int NBD_ATTR_DEAD_CONN_TIMEOUT = 8;
    static final int NBD_ATTR_DEVICE_LIST = 9;
    static final int NBD_ATTR_BACKEND_IDENTIFIER = 10;

    static final int NBD_SOCK_ITEM = 1;
    static final int NBD_SOCK_FD = 1;

    static final int NBD_DEVICE_ITEM = 1;
    static final int NBD_DEVICE_INDEX = 1;
    static final int NBD_DEVICE_CONNECTED = 2;

    static final int NBD_FLAG_HAS_FLAGS = 1;
    static final int NBD_FLAG_SEND_TRIM = 1 << 5;
    static final int NBD_FLAG_SEND_WRITE_ZEROES = 1 << 6;

    private NbdNetlinkAbi() {}
}
