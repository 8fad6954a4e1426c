package io.trueno.zram.ublk.sys;

import com.kenai.jffi.Type;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;

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
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;

    /** The same on every architecture that has them, {@code asm-generic/unistd.h}. */
    private static final long SYS_IO_URING_SETUP = 425;

    private static final long SYS_IO_URING_ENTER = 426;
    private static final long SYS_CLOSE_RANGE = 436;
    private static final long MAX_FD = 0xFFFF_FFFFL;
    private static final long CLOSE_RANGE_CLOEXEC = 4;

    private static final int EFD_CLOEXEC = O_CLOEXEC;
    private static final long MAP_FAILED = -1;
    private static final int M_TRIM_THRESHOLD = -1;
    private static final int M_MMAP_THRESHOLD = -3;
    private static final int MOST_HEAP_BYTES = 32 << 20;
    private static final int CLONE_NEWNS = 0x20000;
    private static final long MS_REC = 0x4000;
    private static final long MS_PRIVATE = 0x40000;

    private static final long MOST_MESSAGE_BYTES = 256;

    private static final CFunction OPEN = CFunction.ofInt("open", Type.POINTER, Type.SINT);
    private static final CFunction CLOSE = CFunction.ofInt("close", Type.SINT);
    private static final CFunction EVENTFD = CFunction.ofInt("eventfd", Type.UINT, Type.SINT);
    private static final CFunction WRITE =
            CFunction.ofLong("write", Type.SINT, Type.POINTER, Type.ULONG);
    private static final CFunction MMAP =
            CFunction.ofLong(
                    "mmap", Type.POINTER, Type.ULONG, Type.SINT, Type.SINT, Type.SINT, Type.SLONG);
    private static final CFunction MUNMAP = CFunction.ofInt("munmap", Type.POINTER, Type.ULONG);
    private static final CFunction MLOCK = CFunction.ofInt("mlock", Type.POINTER, Type.ULONG);
    private static final CFunction MLOCKALL = CFunction.ofInt("mlockall", Type.SINT);
    private static final CFunction SCHED_SETAFFINITY =
            CFunction.ofInt("sched_setaffinity", Type.SINT, Type.ULONG, Type.POINTER);
    private static final CFunction MALLOPT = CFunction.ofInt("mallopt", Type.SINT, Type.SINT);
    private static final CFunction MALLOC = CFunction.ofLong("malloc", Type.ULONG);
    private static final CFunction FREE = CFunction.ofInt("free", Type.POINTER);
    private static final CFunction STRERROR = CFunction.ofLong("strerror", Type.SINT);
    private static final CFunction SYSCALL =
            CFunction.ofLong(
                    "syscall",
                    Type.SLONG,
                    Type.SLONG,
                    Type.SLONG,
                    Type.SLONG,
                    Type.SLONG,
                    Type.SLONG);

    private Linux() {}

    /** What an error number means, in words: {@code No such file or directory}. */
    @SuppressWarnings("restricted") // the C library's messages are shorter
    public static String describe(int errno) {
        return MemorySegment.ofAddress(STRERROR.call(errno))
                .reinterpret(MOST_MESSAGE_BYTES)
                .getString(0);
    }

    /** {@code open(2)}; the descriptor is closed on exec. */
    public static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(path).address();
            return checked("open " + path, (int) OPEN.call(name, flags | O_CLOEXEC));
        }
    }

    /** {@code close(2)}. */
    public static void close(int fd) {
        checked("close", (int) CLOSE.call(fd));
    }

    /** {@code eventfd(2)}. */
    public static int eventfd() {
        return checked("eventfd", (int) EVENTFD.call(0, EFD_CLOEXEC));
    }

    /** {@code write(2)}; the bytes written. */
    public static long write(int fd, MemorySegment bytes) {
        return checked("write", WRITE.call(fd, bytes.address(), bytes.byteSize()));
    }

    /**
     * {@code mmap(2)} of a file. The segment has no owner: nobody may use it after {@link #unmap}.
     */
    @SuppressWarnings("restricted") // the length is the one that was mapped
    public static MemorySegment map(long bytes, int protection, int flags, int fd, long offset) {
        long address = MMAP.call(0, bytes, protection, flags, fd, offset);
        if (address == MAP_FAILED) {
            throw new SystemCallException("mmap", CFunction.errno());
        }
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /**
     * {@code mmap(2)} of memory of this process alone, zero. Not freed but by {@link #unmap}.
     *
     * @param now whether all of it is taken at once, which takes a while, or as it is touched
     */
    public static MemorySegment mapMemory(long bytes, boolean now) {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | (now ? MAP_POPULATE : 0);
        return map(bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    }

    /** {@code munmap(2)} of what {@link #map} or {@link #mapMemory} gave. */
    public static void unmap(MemorySegment mapped) {
        checked("munmap", (int) MUNMAP.call(mapped.address(), mapped.byteSize()));
    }

    /** {@code sched_setaffinity(2)} of the calling thread. */
    public static void runOn(MemorySegment cpuMask) {
        long result = SCHED_SETAFFINITY.call(0, cpuMask.byteSize(), cpuMask.address());
        checked("sched_setaffinity", (int) result);
    }

    /** {@code mlockall(2)}. */
    public static void lockAll(int flags) {
        checked("mlockall", (int) MLOCKALL.call(flags));
    }

    /** {@code mlock(2)}: brings a range into memory and keeps it there. */
    public static void lock(long address, long bytes) {
        checked("mlock", (int) MLOCK.call(address, bytes));
    }

    /**
     * Makes the C library's {@code malloc} keep what is freed for the next time, and gives it
     * {@code bytes} to begin with, which are not in memory yet. {@code mallopt(3)}.
     *
     * @param bytes at most 32 MiB, which is as much as it takes from its heap at once
     */
    public static void keepFreedMemory(long bytes) {
        MALLOPT.call(M_TRIM_THRESHOLD, Integer.MAX_VALUE);
        MALLOPT.call(M_MMAP_THRESHOLD, MOST_HEAP_BYTES);
        long reserve = MALLOC.call(bytes);
        if (reserve != 0) {
            FREE.call(reserve);
        }
    }

    /** {@code io_uring_setup(2)}: a ring's descriptor, closed on exec. */
    public static int uringSetup(int entries, MemorySegment params) {
        long fd = SYSCALL.call(SYS_IO_URING_SETUP, entries, params.address(), 0, 0, 0);
        return checked("io_uring_setup", (int) fd);
    }

    /**
     * {@code io_uring_enter(2)}.
     *
     * @return entries taken, or a negated error number
     */
    public static int uringEnter(int fd, int submit, int wait, int flags) {
        int result = (int) SYSCALL.call(SYS_IO_URING_ENTER, fd, submit, wait, flags, 0);
        return result == -1 ? -CFunction.errno() : result;
    }

    private static int checked(String call, int result) {
        return (int) checked(call, (long) result);
    }

    private static long checked(String call, long result) {
        if (result == -1) {
            throw new SystemCallException(call, CFunction.errno());
        }
        return result;
    }

    /** What is called once in the life of a process, if at all: bound when it is. */
    private static final class ThisProcess {
        static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");

        static Pointer pointer(long address) {
            return Pointer.wrap(jnr.ffi.Runtime.getRuntime(LIBC), address);
        }

        static int checked(String call, int result) {
            if (result == -1) {
                throw new SystemCallException(
                        call, jnr.ffi.Runtime.getRuntime(LIBC).getLastError());
            }
            return result;
        }
    }

    /** {@code prctl(2)} with one argument; its result. */
    public static int prctl(int option, long argument) {
        return ThisProcess.checked("prctl", ThisProcess.LIBC.prctl(option, argument, 0, 0, 0));
    }

    /**
     * Gives the calling thread, and what it executes, mounts of its own: later ones of others do
     * not show in them. {@code unshare(2)}, {@code mount_namespaces(7)}.
     */
    public static void unshareMounts() {
        ThisProcess.checked("unshare", ThisProcess.LIBC.unshare(CLONE_NEWNS));
        ThisProcess.checked(
                "mount", ThisProcess.LIBC.mount("none", "/", null, MS_REC | MS_PRIVATE, null));
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
            ThisProcess.LIBC.syscall(SYS_CLOSE_RANGE, 3, MAX_FD, CLOSE_RANGE_CLOEXEC);
            ThisProcess.checked("execve " + program, ThisProcess.LIBC.execve(program, argv, envp));
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
        return ThisProcess.pointer(array.address());
    }
}
