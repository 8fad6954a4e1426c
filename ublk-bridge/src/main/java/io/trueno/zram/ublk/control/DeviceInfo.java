package io.trueno.zram.ublk.control;

import static io.trueno.zram.ublk.control.UblkAbi.CTRL_DEV_INFO;
import static io.trueno.zram.ublk.control.UblkAbi.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * What the driver knows of a device.
 *
 * @param id the number in {@code /dev/ublkbN}; -1 lets the driver choose
 * @param queues 1 to 4096
 * @param depth of each queue, 1 to 4096
 * @param maxIoBytes of the longest request
 * @param state of its life
 * @param serverPid of the process that serves it
 * @param flags of the features in use, {@link UblkFeature}
 * @param cookie ours to recognise our devices by, {@code ublksrv_flags}
 */
public record DeviceInfo(
        int id,
        int queues,
        int depth,
        int maxIoBytes,
        State state,
        int serverPid,
        long flags,
        long cookie) {
    /** Of the life of a device. */
    public enum State {
        /** Not started, or stopped. */
        DEAD,
        /** Served. */
        LIVE,
        /** Has lost its server and waits for another one; requests wait. */
        QUIESCED,
        /** Has lost its server and waits for another one; requests fail. */
        FAIL_IO
    }

    /** Whether a feature is in use. */
    public boolean has(UblkFeature feature) {
        return feature.isIn(flags);
    }

    static DeviceInfo read(MemorySegment info) {
        int state = info.get(JAVA_SHORT, offset(CTRL_DEV_INFO, "state"));
        return new DeviceInfo(
                info.get(JAVA_INT, offset(CTRL_DEV_INFO, "dev_id")),
                info.get(JAVA_SHORT, offset(CTRL_DEV_INFO, "nr_hw_queues")),
                info.get(JAVA_SHORT, offset(CTRL_DEV_INFO, "queue_depth")),
                info.get(JAVA_INT, offset(CTRL_DEV_INFO, "max_io_buf_bytes")),
                switch (state) {
                    case UblkAbi.UBLK_S_DEV_LIVE -> State.LIVE;
                    case UblkAbi.UBLK_S_DEV_QUIESCED -> State.QUIESCED;
                    case UblkAbi.UBLK_S_DEV_FAIL_IO -> State.FAIL_IO;
                    default -> State.DEAD;
                },
                info.get(JAVA_INT, offset(CTRL_DEV_INFO, "ublksrv_pid")),
                info.get(JAVA_LONG, offset(CTRL_DEV_INFO, "flags")),
                info.get(JAVA_LONG, offset(CTRL_DEV_INFO, "ublksrv_flags")));
    }

    void write(MemorySegment info) {
        info.set(JAVA_INT, offset(CTRL_DEV_INFO, "dev_id"), id);
        info.set(JAVA_SHORT, offset(CTRL_DEV_INFO, "nr_hw_queues"), (short) queues);
        info.set(JAVA_SHORT, offset(CTRL_DEV_INFO, "queue_depth"), (short) depth);
        info.set(JAVA_INT, offset(CTRL_DEV_INFO, "max_io_buf_bytes"), maxIoBytes);
        info.set(JAVA_INT, offset(CTRL_DEV_INFO, "ublksrv_pid"), serverPid);
        info.set(JAVA_LONG, offset(CTRL_DEV_INFO, "flags"), flags);
        info.set(JAVA_LONG, offset(CTRL_DEV_INFO, "ublksrv_flags"), cookie);
    }
}
