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

/**
 * The system calls on memory that the class library does not offer, as in their manual pages. All
 * of them are control operations: none is made per page.
 */
final class LinuxMemory {
    private static final int MFD_CLOEXEC = 1;
    private static final int MADV_REMOVE = 9;

    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(PathElement.groupElement("errno"));

    private static final MethodHandle MEMFD_CREATE =
            function(
                    "memfd_create",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle MADVISE =
            function(
                    "madvise",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private LinuxMemory() {}

    @SuppressWarnings("restricted") // signatures as in the manual pages
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                descriptor,
                Linker.Option.captureCallState("errno"));
    }

    /** {@code memfd_create(2)}: a file descriptor of an anonymous memory file. */
    static int memfdCreate(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURED);
            MemorySegment cName = arena.allocateFrom(name);
            int fd = (int) MEMFD_CREATE.invokeExact(state, cName, MFD_CLOEXEC);
            return checked("memfd_create", fd, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** {@code madvise(2)} with {@code MADV_REMOVE}: frees the pages of a shared file mapping. */
    static void remove(MemorySegment range) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURED);
            int result = (int) MADVISE.invokeExact(state, range, range.byteSize(), MADV_REMOVE);
            checked("madvise(MADV_REMOVE)", result, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURED);
            int result = (int) CLOSE.invokeExact(state, fd);
            checked("close", result, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Every function here answers -1 for failure and leaves the reason in errno. */
    private static int checked(String call, int result, MemorySegment state) {
        if (result == -1) {
            throw new MemoryFailure(call, (int) ERRNO.get(state, 0L));
        }
        return result;
    }

    private static RuntimeException rethrown(Throwable e) {
        return e instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("native call failed", e);
    }
}
