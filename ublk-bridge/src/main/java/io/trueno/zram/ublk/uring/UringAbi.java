package io.trueno.zram.ublk.uring;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;

/** Structures and constants of {@code include/uapi/linux/io_uring.h}, under their names there. */
final class UringAbi {
    static final StructLayout SQE =
            structLayout(
                            JAVA_BYTE.withName("opcode"),
                            JAVA_BYTE.withName("flags"),
                            JAVA_SHORT.withName("ioprio"),
                            JAVA_INT.withName("fd"),
                            JAVA_INT.withName("cmd_op"),
                            paddingLayout(4),
                            JAVA_LONG.withName("addr"),
                            JAVA_INT.withName("len"),
                            JAVA_INT.withName("uring_cmd_flags"),
                            JAVA_LONG.withName("user_data"),
                            JAVA_SHORT.withName("buf_index"),
                            JAVA_SHORT.withName("personality"),
                            JAVA_INT.withName("file_index"),
                            sequenceLayout(16, JAVA_BYTE).withName("cmd"))
                    .withName("io_uring_sqe");

    static final StructLayout CQE =
            structLayout(
                            JAVA_LONG.withName("user_data"),
                            JAVA_INT.withName("res"),
                            JAVA_INT.withName("flags"))
                    .withName("io_uring_cqe");

    static final StructLayout SQ_OFFSETS =
            structLayout(
                            JAVA_INT.withName("head"),
                            JAVA_INT.withName("tail"),
                            JAVA_INT.withName("ring_mask"),
                            JAVA_INT.withName("ring_entries"),
                            JAVA_INT.withName("flags"),
                            JAVA_INT.withName("dropped"),
                            JAVA_INT.withName("array"),
                            JAVA_INT.withName("resv1"),
                            paddingLayout(8))
                    .withName("io_sqring_offsets");

    static final StructLayout CQ_OFFSETS =
            structLayout(
                            JAVA_INT.withName("head"),
                            JAVA_INT.withName("tail"),
                            JAVA_INT.withName("ring_mask"),
                            JAVA_INT.withName("ring_entries"),
                            JAVA_INT.withName("overflow"),
                            JAVA_INT.withName("cqes"),
                            JAVA_INT.withName("flags"),
                            JAVA_INT.withName("resv1"),
                            paddingLayout(8))
                    .withName("io_cqring_offsets");

    static final StructLayout PARAMS =
            structLayout(
                            JAVA_INT.withName("sq_entries"),
                            JAVA_INT.withName("cq_entries"),
                            JAVA_INT.withName("flags"),
                            JAVA_INT.withName("sq_thread_cpu"),
                            JAVA_INT.withName("sq_thread_idle"),
                            JAVA_INT.withName("features"),
                            JAVA_INT.withName("wq_fd"),
                            sequenceLayout(3, JAVA_INT).withName("resv"),
                            SQ_OFFSETS.withName("sq_off"),
                            CQ_OFFSETS.withName("cq_off"))
                    .withName("io_uring_params");

    static final int IORING_OP_NOP = 0;
    static final int IORING_OP_POLL_ADD = 6;
    static final int IORING_OP_URING_CMD = 46;

    static final int IORING_SETUP_SUBMIT_ALL = 1 << 7;
    static final int IORING_SETUP_TASKRUN_FLAG = 1 << 9;
    static final int IORING_SETUP_SQE128 = 1 << 10;
    static final int IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    static final int IORING_SETUP_DEFER_TASKRUN = 1 << 13;

    static final int IORING_FEAT_SINGLE_MMAP = 1;
    static final int IORING_ENTER_GETEVENTS = 1;
    static final int IORING_SQ_TASKRUN = 1 << 2;
    static final long IORING_OFF_SQ_RING = 0;
    static final long IORING_OFF_SQES = 0x10000000L;

    private UringAbi() {}

    /** Where a field of a structure lies, in bytes. */
    static long offset(StructLayout structure, String... path) {
        PathElement[] elements = new PathElement[path.length];
        for (int i = 0; i < path.length; i++) {
            elements[i] = PathElement.groupElement(path[i]);
        }
        return structure.byteOffset(elements);
    }
}
