package io.trueno.zram.ublk.sys;

import java.lang.foreign.MemorySegment;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * System calls as Java methods: they give what they are for or throw {@link SystemCallException}.
 * Thread-safe. Only {@link #uringEnter} is made while requests are served, and allocates nothing.
 */
public final class Linux {
    public static final int O_RDWR = 2;
    public static final int O_EXCL = 0x80;
    public static final int O_CLOEXEC = 0x80000;

    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final int MAP_POPULATE = 0x8000;

    /** The same on every architecture that has them, {@code asm-generic/unistd.h}. */
    private static final long SYS_IO_URING_SETUP = 425;

    private static final long SYS_IO_URING_ENTER = 426;
    private static final long SYS_IO_URING_REGISTER = 427;

    private static final int EFD_CLOEXEC = O_CLOEXEC;
    private static final long MAP_FAILED = -1;

    private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
    private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    private Linux() {}

    /** What an error number means, in words: {@code No such file or directory}. */
    public static String describe(int errno) {
        return LIBC.strerror(errno);
    }

    /** {@code open(2)}; the descriptor is closed on exec. */
    public static int open(String path, int flags) {
        return checked("open " + path, LIBC.open(path, flags | O_CLOEXEC));
    }

    /** {@code close(2)}. */
    public static void close(int fd) {
        checked("close", LIBC.close(fd));
    }

    /** {@code eventfd(2)}. */
    public static int eventfd() {
        return checked("eventfd", LIBC.eventfd(0, EFD_CLOEXEC));
    }

    /** {@code write(2)}; the bytes written. */
    public static long write(int fd, MemorySegment bytes) {
        return checked("write", LIBC.write(fd, pointer(bytes), bytes.byteSize()));
    }

    /**
     * {@code mmap(2)} of a file. The segment has no owner: nobody may use it after {@link #unmap}.
     */
    @SuppressWarnings("restricted") // the length is the one that was mapped
    public static MemorySegment map(long bytes, int protection, int flags, int fd, long offset) {
        long address = LIBC.mmap(null, bytes, protection, flags, fd, offset).address();
        if (address == MAP_FAILED) {
            throw new SystemCallException("mmap", errno());
        }
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /** {@code munmap(2)} of what {@link #map} gave. */
    public static void unmap(MemorySegment mapped) {
        checked("munmap", LIBC.munmap(pointer(mapped), mapped.byteSize()));
    }

    /** {@code sched_setaffinity(2)} of the calling thread. */
    public static void runOn(MemorySegment cpuMask) {
        int result = LIBC.sched_setaffinity(0, cpuMask.byteSize(), pointer(cpuMask));
        checked("sched_setaffinity", result);
    }

    /** {@code io_uring_setup(2)}: a ring's descriptor, closed on exec. */
    public static int uringSetup(int entries, MemorySegment params) {
        long fd = LIBC.syscall(SYS_IO_URING_SETUP, entries, params.address(), 0, 0, null);
        return checked("io_uring_setup", (int) fd);
    }

    /**
     * {@code io_uring_enter(2)}.
     *
     * @return entries taken, or a negated error number
     */
    public static int uringEnter(int fd, int submit, int wait, int flags) {
        int result = (int) LIBC.syscall(SYS_IO_URING_ENTER, fd, submit, wait, flags, null);
        return result == -1 ? -errno() : result;
    }

    /** {@code io_uring_register(2)}. */
    public static int uringRegister(int fd, int operation, MemorySegment argument, int count) {
        long result =
                LIBC.syscall(SYS_IO_URING_REGISTER, fd, operation, argument.address(), count, null);
        return checked("io_uring_register", (int) result);
    }

    /** What the last call on this thread left in {@code errno}. */
    static int errno() {
        return RUNTIME.getLastError();
    }

    static LibC libc() {
        return LIBC;
    }

    static Pointer pointer(MemorySegment segment) {
        return Pointer.wrap(RUNTIME, segment.address());
    }

    static int checked(String call, int result) {
        if (result == -1) {
            throw new SystemCallException(call, errno());
        }
        return result;
    }

    private static long checked(String call, long result) {
        if (result == -1) {
            throw new SystemCallException(call, errno());
        }
        return result;
    }
}
