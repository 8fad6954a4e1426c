package io.trueno.zram.ublk.sys;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the C library that we call, as in their manual pages; jnr-ffi implements it.
 *
 * <p>Public because jnr-ffi's class for it lies in another class loader; {@link Linux} is what
 * others use.
 *
 * <p>A function of six arguments takes at least one of them as a {@link Pointer}: with six integers
 * jnr-ffi 2.3 hands over a wrong last one on x86-64 (jnr/jnr-ffi#181).
 */
public interface LibC {
    int open(@In String path, int flags);

    int close(int fd);

    int eventfd(int initial, int flags);

    long write(int fd, Pointer buffer, long bytes);

    Pointer mmap(@Nullable Pointer address, long bytes, int protection, int flags, int fd, long at);

    int munmap(Pointer address, long bytes);

    int mlock(Pointer address, long bytes);

    int mlockall(int flags);

    int prctl(int option, long argument2, long argument3, long argument4, long argument5);

    int unshare(int flags);

    int mount(
            @In String source,
            @In String target,
            @Nullable String type,
            long flags,
            @Nullable Pointer data);

    int sched_setaffinity(int pid, long bytes, Pointer mask);

    int execve(@In String path, Pointer arguments, Pointer environment);

    String strerror(int errno);

    long syscall(long number, long a, long b, long c, long d, @Nullable Pointer e);
}
