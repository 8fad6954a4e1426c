package io.trueno.zram.nbd.netlink;

/** Constants of {@code linux/netlink.h} and {@code linux/genetlink.h}, under their names there. */
final class NetlinkAbi {
    static final int NLMSG_HDRLEN = 16;
    static final int GENL_HDRLEN = 4;
    static final int NLA_HDRLEN = 4;
    static final int NLA_TYPE_MASK = ~0xc000;

    /** Messages and attributes begin at multiples of this. */
    static final int NLMSG_ALIGNTO = 4;

    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLMSG_ERROR = 2;

    static final int GENL_ID_CTRL = 16;
    static final int CTRL_CMD_GETFAMILY = 3;
    static final int CTRL_ATTR_FAMILY_ID = 1;
    static final int CTRL_ATTR_FAMILY_NAME = 2;

    private NetlinkAbi() {}
}
