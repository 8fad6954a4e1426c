package io.trueno.zram.ublk.sys;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import org.jspecify.annotations.Nullable;

/**
 * Functions of the C library that change what this process is, as in their manual pages; jnr-ffi
 * implements it. What is called while a device is taken over or served is a {@link CFunction}.
 *
 * <p>Public because jnr-ffi's class for it lies in another class loader; {@link Linux} is what
 * others use.
 *
 * <p>A function of six arguments would have to take at least one of them as a {@link Pointer}: with
 * six integers jnr-ffi 2.3 hands over a wrong last one on x86-64 (jnr/jnr-ffi#181).
 */
public interface LibC {
    int prctl(int option, long argument2, long argument3, long argument4, long argument5);

    int unshare(int flags);

    int mount(
            @In String source,
            @In String target,
            @Nullable String type,
            long flags,
            @Nullable Pointer data);

    int execve(@In String path, Pointer arguments, Pointer environment);

    long syscall(long number, long a, long b, long c);
}
