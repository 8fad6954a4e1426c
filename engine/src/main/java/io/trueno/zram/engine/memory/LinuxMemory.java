package io.trueno.zram.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The system calls on memory that the class library does not offer, as in their manual pages. None
 * is made per page, but for those to files that pages leave the memory for.
 */
final class LinuxMemory {
    static final int EINVAL = 22;
    static final int EOPNOTSUPP = 95;
    private static final int EINTR = 4;
    private static final int ENXIO = 6;
    private static final int EWOULDBLOCK = 11;
    private static final int LOCK_EX_NB = 2 | 4;

    private static final int MFD_CLOEXEC = 1;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final int MLOCK_ONFAULT = 1;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;
    private static final int O_NOFOLLOW = onX86(0x20000, 0x8000);
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_DIRECT = onX86(0x4000, 0x10000);
    private static final int SEEK_END = 2;
    private static final int SEEK_DATA = 3;
    private static final int OWNER_ONLY = 0600;

    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(PathElement.groupElement("errno"));

    /** Where a thread's calls leave errno: reading and writing allocate nothing. */
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURED));

    private static final Linker LINKER = Linker.nativeLinker();

    /**
     * Calls a function, given first, with up to four arguments. One shape serves all of them, since
     * the linker takes tens of milliseconds to make one, and devices wait while the agent starts:
     * what a function takes or gives as an {@code int} is the lower half of a register in the
     * calling conventions of x86-64 and AArch64, and arguments it has not it does not read. An
     * address is a number here, so its memory must be native and stay until the call returns.
     */
    private static final MethodHandle CALL =
            handle(
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG));

    private static final MemorySegment MEMFD_CREATE = function("memfd_create");
    private static final MemorySegment MADVISE = function("madvise");
    private static final MemorySegment MLOCK2 = function("mlock2");
    private static final MemorySegment FALLOCATE = function("fallocate");
    private static final MemorySegment LSEEK = function("lseek");
    private static final MemorySegment FLOCK = function("flock");
    private static final MemorySegment CLOSE = function("close");

    private LinuxMemory() {}

    @SuppressWarnings("restricted") // signatures as in the manual pages
    private static MethodHandle handle(FunctionDescriptor descriptor, Linker.Option... more) {
        Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
        options[more.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(descriptor, options);
    }

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    /** {@code open(2)}, whose third argument is a variadic one; made when it is called. */
    private static final class Open {
        static final MethodHandle CALL =
                handle(
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT),
                        Linker.Option.firstVariadicArg(2));
        static final MemorySegment FUNCTION = function("open");
    }

    /** For backing devices, which few have; made when it is called. */
    private static final class Transfer {
        static final MethodHandle CALL =
                handle(
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG));
        static final MemorySegment PREAD = function("pread");
        static final MemorySegment PWRITE = function("pwrite");
    }

    /** Some flags differ between x86 and AArch64. */
    private static int onX86(int flag, int otherwise) {
        return System.getProperty("os.arch").equals("aarch64") ? otherwise : flag;
    }

    /**
     * {@code open(2)} for reading and writing, never through a link.
     *
     * @param create the file must be new; only its owner may use it
     */
    static int open(String path, boolean create) {
        return open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | (create ? O_CREAT | O_EXCL : 0));
    }

    /**
     * {@code open(2)} for reading and writing past the page cache, or through it where the file
     * system knows no other way. A file that is missing is made.
     */
    static int openDirect(String path) {
        int flags = O_RDWR | O_CLOEXEC | O_CREAT;
        try {
            return open(path, flags | O_DIRECT);
        } catch (MemoryFailure e) {
            if (e.errno() != EINVAL) {
                throw e;
            }
            return open(path, flags);
        }
    }

    private static int open(String path, int flags) {
        MemorySegment state = STATE.get();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cPath = arena.allocateFrom(path);
            int fd = (int) Open.CALL.invokeExact(Open.FUNCTION, state, cPath, flags, OWNER_ONLY);
            return (int) checked("open", fd, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** {@code memfd_create(2)}: a file descriptor of an anonymous memory file. */
    static int memfdCreate(String name) {
        MemorySegment state = STATE.get();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cName = arena.allocateFrom(name);
            int fd = call(MEMFD_CREATE, state, cName.address(), MFD_CLOEXEC, 0, 0);
            return (int) checked("memfd_create", fd, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** {@code fallocate(2)}: frees a range of a file, whether its mapping is locked or not. */
    static void punch(int fd, long offset, long bytes) {
        int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
        allocate("fallocate(PUNCH_HOLE)", fd, mode, offset, bytes);
    }

    /** {@code fallocate(2)}: takes the memory of a range of a file, all of it or none. */
    static void allocate(int fd, long offset, long bytes) {
        allocate("fallocate", fd, FALLOC_FL_KEEP_SIZE, offset, bytes);
    }

    private static void allocate(String name, int fd, int mode, long offset, long bytes) {
        MemorySegment state = STATE.get();
        try {
            checked(name, call(FALLOCATE, state, fd, mode, offset, bytes), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /**
     * {@code madvise(2)} with {@code MADV_POPULATE_WRITE}, Linux 5.14: takes the memory of a range
     * and maps it, so that no access to it faults.
     */
    static void populate(MemorySegment range) {
        advise("madvise(MADV_POPULATE_WRITE)", range, MADV_POPULATE_WRITE);
    }

    private static void advise(String call, MemorySegment range, int advice) {
        MemorySegment state = STATE.get();
        try {
            int result = call(MADVISE, state, range.address(), range.byteSize(), advice, 0);
            checked(call, result, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** {@code mlock2(2)}: keeps what of a range is or will be in memory from being swapped out. */
    static void lockOnFault(MemorySegment range) {
        MemorySegment state = STATE.get();
        try {
            int result = call(MLOCK2, state, range.address(), range.byteSize(), MLOCK_ONFAULT, 0);
            checked("mlock2", result, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** {@code pread(2)}: bytes read, 0 at the end. */
    static long pread(int fd, MemorySegment target, long offset) {
        MemorySegment state = STATE.get();
        try {
            long result;
            do {
                result =
                        (long)
                                Transfer.CALL.invokeExact(
                                        Transfer.PREAD,
                                        state,
                                        fd,
                                        target,
                                        target.byteSize(),
                                        offset);
            } while (isInterrupted(result, state));
            return checked("read", result, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** {@code pwrite(2)}: bytes written. */
    static long pwrite(int fd, MemorySegment source, long offset) {
        MemorySegment state = STATE.get();
        try {
            long result;
            do {
                result =
                        (long)
                                Transfer.CALL.invokeExact(
                                        Transfer.PWRITE,
                                        state,
                                        fd,
                                        source,
                                        source.byteSize(),
                                        offset);
            } while (isInterrupted(result, state));
            return checked("write", result, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static boolean isInterrupted(long result, MemorySegment state) {
        return result == -1 && (int) ERRNO.get(state, 0L) == EINTR;
    }

    /** {@code lseek(2)} to the end: the size of a file or block device. */
    static long size(int fd) {
        return checked("lseek", seek(fd, 0, SEEK_END), STATE.get());
    }

    /** {@code lseek(2)}: where a file's next memory from an offset on is, -1 if there is none. */
    static long nextData(int fd, long offset) {
        long found = seek(fd, offset, SEEK_DATA);
        MemorySegment state = STATE.get();
        return found == -1 && (int) ERRNO.get(state, 0L) == ENXIO
                ? -1
                : checked("lseek(SEEK_DATA)", found, state);
    }

    private static long seek(int fd, long offset, int whence) {
        try {
            return (long)
                    CALL.invokeExact(LSEEK, STATE.get(), (long) fd, offset, (long) whence, 0L);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /**
     * {@code flock(2)}: takes a file for this descriptor alone, until it is closed.
     *
     * @return false if somebody else has it
     */
    static boolean lock(int fd) {
        MemorySegment state = STATE.get();
        try {
            int result = call(FLOCK, state, fd, LOCK_EX_NB, 0, 0);
            if (result == -1 && (int) ERRNO.get(state, 0L) == EWOULDBLOCK) {
                return false;
            }
            checked("flock", result, state);
            return true;
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void close(int fd) {
        MemorySegment state = STATE.get();
        try {
            int result = call(CLOSE, state, fd, 0, 0, 0);
            checked("close", result, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static int call(
            MemorySegment function, MemorySegment state, long a, long b, long c, long d)
            throws Throwable {
        return (int) (long) CALL.invokeExact(function, state, a, b, c, d);
    }

    /** Every function here answers -1 for failure and leaves the reason in errno. */
    private static long checked(String call, long result, MemorySegment state) {
        if (result == -1) {
            throw new MemoryFailure(call, (int) ERRNO.get(state, 0L));
        }
        return result;
    }

    private static RuntimeException rethrown(Throwable e) {
        if (e instanceof Error fatal) {
            throw fatal;
        }
        return e instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("native call failed", e);
    }
}
