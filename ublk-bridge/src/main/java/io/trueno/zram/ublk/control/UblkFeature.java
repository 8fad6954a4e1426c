package io.trueno.zram.ublk.control;

/** What a ublk driver may be able to do beyond its first version, by the bits of its flags. */
public enum UblkFeature {
    /** Devices outlive their server. */
    USER_RECOVERY(3, "6.1"),
    /** The next server is given the requests that the last one had not answered. */
    USER_RECOVERY_REISSUE(4, "6.1"),
    /** Commands are encoded as those of ioctl. */
    CMD_IOCTL_ENCODE(6, "6.4"),
    /** A live device grows and shrinks. */
    UPDATE_SIZE(10, "6.16"),
    /** A device is taken from its server on request. */
    QUIESCE(12, "6.16"),
    /** Any thread may serve any request of a queue. */
    PER_IO_DAEMON(13, "6.16"),
    /** Requests are fetched and committed many at a time. */
    BATCH_IO(15, "7.0"),
    /** A device that is in use is not stopped. */
    SAFE_STOP_DEV(17, "7.0"),
    /** The kernel looks for no partitions. */
    NO_AUTO_PART_SCAN(18, "7.0");

    private final int bit;
    private final String since;

    UblkFeature(int bit, String since) {
        this.bit = bit;
        this.since = since;
    }

    /** The flag, {@code UBLK_F_} and our name in {@code ublk_cmd.h}. */
    public long flag() {
        return 1L << bit;
    }

    /** The first Linux that has it. */
    public String since() {
        return since;
    }

    /** Whether it is among {@code flags}. */
    public boolean isIn(long flags) {
        return (flags & flag()) != 0;
    }
}
