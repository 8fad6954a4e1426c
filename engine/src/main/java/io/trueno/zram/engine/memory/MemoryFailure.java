package io.trueno.zram.engine.memory;

/** The kernel refused a memory operation. */
public final class MemoryFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    MemoryFailure(String call, int errno) {
        super(call + " failed: errno=" + errno);
        this.errno = errno;
    }

    /** The kernel's error number, as in {@code errno.h}. */
    public int errno() {
        return errno;
    }
}
