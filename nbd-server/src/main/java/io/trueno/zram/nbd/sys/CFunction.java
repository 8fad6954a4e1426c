package io.trueno.zram.nbd.sys;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.util.Arrays;

/**
 * A function of the C library with arguments that are integers or addresses. Called through jffi,
 * the layer below jnr-ffi, since the class that jnr-ffi writes for an interface is written anew in
 * each process, while the users of a device wait for its next server.
 *
 * <p>Thread-safe; a call allocates nothing.
 */
final class CFunction {
    private static final Library LOADED = Library.getDefault();
    private static final Invoker INVOKER = Invoker.getInstance();
    private static final LastError LAST_ERROR = LastError.getInstance();

    private final CallContext context;
    private final long address;

    private CFunction(CallContext context, long address) {
        this.context = context;
        this.address = address;
    }

    /** A function that gives an {@code int}. */
    static CFunction ofInt(String name, Type... parameters) {
        return of(name, Type.SINT, parameters);
    }

    /** A function that gives a {@code long} or an address. */
    static CFunction ofLong(String name, Type... parameters) {
        return of(name, Type.SLONG, parameters);
    }

    private static CFunction of(String name, Type result, Type... parameters) {
        long address = LOADED.getSymbolAddress(name);
        if (address == 0) {
            throw new UnsatisfiedLinkError(
                    name + Arrays.toString(parameters) + ": " + Library.getLastError());
        }
        return new CFunction(
                CallContext.getCallContext(result, parameters, CallingConvention.DEFAULT, true),
                address);
    }

    long call(long a) {
        return INVOKER.invokeN1(context, address, a);
    }

    long call(long a, long b) {
        return INVOKER.invokeN2(context, address, a, b);
    }

    long call(long a, long b, long c) {
        return INVOKER.invokeN3(context, address, a, b, c);
    }

    long call(long a, long b, long c, long d) {
        return INVOKER.invokeN4(context, address, a, b, c, d);
    }

    /** What the last call on this thread left in {@code errno}. */
    static int errno() {
        return LAST_ERROR.get();
    }
}
