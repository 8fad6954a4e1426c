package io.trueno.zram.ublk.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
    private static final long SYS_CLOSE_RANGE = 436;
    private static final long MAX_FD = 0xFFFF_FFFFL;
    private static final long CLOSE_RANGE_CLOEXEC = 4;

    private static final int EFD_CLOEXEC = O_CLOEXEC;
    private static final long MAP_FAILED = -1;
    private static final int CLONE_NEWNS = 0x20000;
    private static final long MS_REC = 0x4000;
    private static final long MS_PRIVATE = 0x40000;

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

    /** {@code prctl(2)} with one argument; its result. */
    public static int prctl(int option, long argument) {
        return checked("prctl", LIBC.prctl(option, argument, 0, 0, 0));
    }

    /** {@code mlockall(2)}. */
    public static void lockAll(int flags) {
        checked("mlockall", LIBC.mlockall(flags));
    }

    /** {@code mlock(2)}: brings a range into memory and keeps it there. */
    public static void lock(long address, long bytes) {
        checked("mlock", LIBC.mlock(Pointer.wrap(RUNTIME, address), bytes));
    }

    /**
     * Gives the calling thread, and what it executes, mounts of its own: later ones of others do
     * not show in them. {@code unshare(2)}, {@code mount_namespaces(7)}.
     */
    public static void unshareMounts() {
        checked("unshare", LIBC.unshare(CLONE_NEWNS));
        checked("mount", LIBC.mount("none", "/", null, MS_REC | MS_PRIVATE, null));
    }

    /**
     * {@code execve(2)}: replaces this process by a program. Returns only by an exception.
     *
     * <p>Open files are closed, but for standard input, output and error. Strings are bytes: each
     * character is one.
     *
     * @param arguments the first is the program's name
     * @param environment {@code NAME=value}
     */
    public static void exec(String program, List<String> arguments, List<String> environment) {
        try (Arena arena = Arena.ofConfined()) {
            Pointer argv = strings(arena, arguments);
            Pointer envp = strings(arena, environment);
            LIBC.syscall(SYS_CLOSE_RANGE, 3, MAX_FD, CLOSE_RANGE_CLOEXEC, 0, null);
            checked("execve " + program, LIBC.execve(program, argv, envp));
        }
    }

    private static Pointer strings(Arena arena, List<String> strings) {
        MemorySegment array = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(
                    ValueLayout.ADDRESS,
                    i,
                    arena.allocateFrom(strings.get(i), StandardCharsets.ISO_8859_1));
        }
        return pointer(array);
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

    /** What the last call on this thread left in {@code errno}. */
    private static int errno() {
        return RUNTIME.getLastError();
    }

    private static Pointer pointer(MemorySegment segment) {
        return Pointer.wrap(RUNTIME, segment.address());
    }

    private static int checked(String call, int result) {
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
