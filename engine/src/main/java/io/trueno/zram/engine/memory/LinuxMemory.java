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
import java.util.function.ToLongFunction;

/**
 * The system calls that manage shared memory, as in their manual pages. All of them are control
 * operations: none is made per page.
 */
final class LinuxMemory {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;
    static final int MFD_CLOEXEC = 1;
    static final int FALLOC_FL_KEEP_SIZE = 1;
    static final int FALLOC_FL_PUNCH_HOLE = 2;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(PathElement.groupElement("errno"));

    private static final MethodHandle MEMFD_CREATE =
            function(
                    "memfd_create",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            function(
                    "ftruncate",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle FALLOCATE =
            function(
                    "fallocate",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG));
    private static final MethodHandle MMAP =
            function(
                    "mmap",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG));
    private static final MethodHandle MUNMAP =
            function(
                    "munmap",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private LinuxMemory() {}

    @SuppressWarnings("restricted") // signatures as in the manual pages
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                descriptor,
                Linker.Option.captureCallState("errno"));
    }

    static int memfdCreate(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cName = arena.allocateFrom(name);
            return (int) check("memfd_create", s -> call(MEMFD_CREATE, s, cName, MFD_CLOEXEC));
        }
    }

    static void ftruncate(int fd, long bytes) {
        check("ftruncate", s -> call(FTRUNCATE, s, fd, bytes));
    }

    static void fallocate(int fd, int mode, long offset, long bytes) {
        check("fallocate", s -> call(FALLOCATE, s, fd, mode, offset, bytes));
    }

    static long mmapShared(int fd, long bytes) {
        return check(
                "mmap",
                s ->
                        call(
                                MMAP,
                                s,
                                MemorySegment.NULL,
                                bytes,
                                PROT_READ | PROT_WRITE,
                                MAP_SHARED,
                                fd,
                                0L));
    }

    static void munmap(MemorySegment mapping) {
        check("munmap", s -> call(MUNMAP, s, mapping, mapping.byteSize()));
    }

    static void close(int fd) {
        check("close", s -> call(CLOSE, s, fd));
    }

    /** Every function here answers -1 for failure and leaves the reason in errno. */
    private static long check(String name, ToLongFunction<MemorySegment> call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURED);
            long result = call.applyAsLong(state);
            if (result == -1) {
                throw new MemoryFailure(name, (int) ERRNO.get(state, 0L));
            }
            return result;
        }
    }

    private static long call(MethodHandle function, MemorySegment state, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = state;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try {
            return ((Number) function.invokeWithArguments(all)).longValue();
        } catch (Throwable e) {
            throw new IllegalStateException("native call failed", e);
        }
    }
}
