package io.trueno.zram.nbd.sys;

/** The kernel refused a system call or a command. */
public final class SystemCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    /**
     * @param call what was asked for, for people: {@code open /dev/nbd0}
     * @param errno why not, positive
     */
    public SystemCallException(String call, int errno) {
        super(call + ": " + Linux.describe(errno));
        this.errno = errno;
    }

    /** The error number, positive. */
    public int errno() {
        return errno;
    }
}
