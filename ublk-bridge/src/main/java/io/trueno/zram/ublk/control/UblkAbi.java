package io.trueno.zram.ublk.control;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;

/** Structures and constants of {@code include/uapi/linux/ublk_cmd.h}, under their names there. */
public final class UblkAbi {
    public static final StructLayout CTRL_CMD =
            structLayout(
                            JAVA_INT.withName("dev_id"),
                            JAVA_SHORT.withName("queue_id"),
                            JAVA_SHORT.withName("len"),
                            JAVA_LONG.withName("addr"),
                            JAVA_LONG.withName("data"),
                            paddingLayout(8))
                    .withName("ublksrv_ctrl_cmd");

    public static final StructLayout CTRL_DEV_INFO =
            structLayout(
                            JAVA_SHORT.withName("nr_hw_queues"),
                            JAVA_SHORT.withName("queue_depth"),
                            JAVA_SHORT.withName("state"),
                            JAVA_SHORT.withName("pad0"),
                            JAVA_INT.withName("max_io_buf_bytes"),
                            JAVA_INT.withName("dev_id"),
                            JAVA_INT.withName("ublksrv_pid"),
                            JAVA_INT.withName("pad1"),
                            JAVA_LONG.withName("flags"),
                            JAVA_LONG.withName("ublksrv_flags"),
                            paddingLayout(24))
                    .withName("ublksrv_ctrl_dev_info");

    public static final StructLayout IO_DESC =
            structLayout(
                            JAVA_INT.withName("op_flags"),
                            JAVA_INT.withName("nr_sectors"),
                            JAVA_LONG.withName("start_sector"),
                            JAVA_LONG.withName("addr"))
                    .withName("ublksrv_io_desc");

    public static final StructLayout IO_CMD =
            structLayout(
                            JAVA_SHORT.withName("q_id"),
                            JAVA_SHORT.withName("tag"),
                            JAVA_INT.withName("result"),
                            JAVA_LONG.withName("addr"))
                    .withName("ublksrv_io_cmd");

    public static final StructLayout PARAM_BASIC =
            structLayout(
                            JAVA_INT.withName("attrs"),
                            JAVA_BYTE.withName("logical_bs_shift"),
                            JAVA_BYTE.withName("physical_bs_shift"),
                            JAVA_BYTE.withName("io_opt_shift"),
                            JAVA_BYTE.withName("io_min_shift"),
                            JAVA_INT.withName("max_sectors"),
                            JAVA_INT.withName("chunk_sectors"),
                            JAVA_LONG.withName("dev_sectors"),
                            JAVA_LONG.withName("virt_boundary_mask"))
                    .withName("ublk_param_basic");

    public static final StructLayout PARAM_DISCARD =
            structLayout(
                            JAVA_INT.withName("discard_alignment"),
                            JAVA_INT.withName("discard_granularity"),
                            JAVA_INT.withName("max_discard_sectors"),
                            JAVA_INT.withName("max_write_zeroes_sectors"),
                            JAVA_SHORT.withName("max_discard_segments"),
                            JAVA_SHORT.withName("reserved0"))
                    .withName("ublk_param_discard");

    /** The parameters that we set; the kernel's structure goes on and takes a shorter one. */
    public static final StructLayout PARAMS =
            structLayout(
                            JAVA_INT.withName("len"),
                            JAVA_INT.withName("types"),
                            PARAM_BASIC.withName("basic"),
                            PARAM_DISCARD.withName("discard"),
                            paddingLayout(4))
                    .withName("ublk_params");

    static final int UBLK_PARAM_TYPE_BASIC = 1;
    static final int UBLK_PARAM_TYPE_DISCARD = 1 << 1;

    static final int UBLK_U_CMD_GET_QUEUE_AFFINITY = read(0x01);
    static final int UBLK_U_CMD_GET_DEV_INFO = read(0x02);
    static final int UBLK_U_CMD_ADD_DEV = readWrite(0x04);
    static final int UBLK_U_CMD_DEL_DEV = readWrite(0x05);
    static final int UBLK_U_CMD_START_DEV = readWrite(0x06);
    static final int UBLK_U_CMD_STOP_DEV = readWrite(0x07);
    static final int UBLK_U_CMD_SET_PARAMS = readWrite(0x08);
    static final int UBLK_U_CMD_START_USER_RECOVERY = readWrite(0x10);
    static final int UBLK_U_CMD_END_USER_RECOVERY = readWrite(0x11);
    static final int UBLK_U_CMD_GET_FEATURES = read(0x13);
    static final int UBLK_U_CMD_DEL_DEV_ASYNC = read(0x14);
    static final int UBLK_U_CMD_UPDATE_SIZE = readWrite(0x15);
    static final int UBLK_U_CMD_QUIESCE_DEV = readWrite(0x16);
    static final int UBLK_U_CMD_TRY_STOP_DEV = readWrite(0x17);

    public static final int UBLK_U_IO_FETCH_REQ = ioctl(3, 0x20, IO_CMD);
    public static final int UBLK_U_IO_COMMIT_AND_FETCH_REQ = ioctl(3, 0x21, IO_CMD);

    public static final int UBLK_IO_OP_READ = 0;
    public static final int UBLK_IO_OP_WRITE = 1;
    public static final int UBLK_IO_OP_FLUSH = 2;
    public static final int UBLK_IO_OP_DISCARD = 3;
    public static final int UBLK_IO_OP_WRITE_ZEROES = 5;
    public static final int UBLK_IO_F_NOUNMAP = 1 << 15;

    static final int UBLK_S_DEV_DEAD = 0;
    static final int UBLK_S_DEV_LIVE = 1;
    static final int UBLK_S_DEV_QUIESCED = 2;
    static final int UBLK_S_DEV_FAIL_IO = 3;

    public static final int UBLK_MAX_QUEUE_DEPTH = 4096;
    public static final int UBLK_MAX_NR_QUEUES = 4096;

    private UblkAbi() {}

    private static int read(int number) {
        return ioctl(2, number, CTRL_CMD);
    }

    private static int readWrite(int number) {
        return ioctl(3, number, CTRL_CMD);
    }

    /** As {@code _IOC} of {@code asm-generic/ioctl.h} encodes a command of type {@code 'u'}. */
    private static int ioctl(int direction, int number, StructLayout argument) {
        return direction << 30 | (int) argument.byteSize() << 16 | 'u' << 8 | number;
    }

    /** Where a field of a structure lies, in bytes. */
    public static long offset(StructLayout structure, String... path) {
        PathElement[] elements = new PathElement[path.length];
        for (int i = 0; i < path.length; i++) {
            elements[i] = PathElement.groupElement(path[i]);
        }
        return structure.byteOffset(elements);
    }
}
