package io.trueno.zram.nbd;

import io.trueno.zram.engine.BlockIoException;

/** The error numbers that a client may be told. */
enum NbdError {
    EPERM(1),
    EIO(5),
    EINVAL(22),
    ENOSPC(28);

    private final int code;

    NbdError(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    int code() {
        return code;
    }

    /** What the client is told of a failed request; every kind of failure has its answer here. */
    static NbdError from(BlockIoException failure) {
        return switch (failure) {
            case BlockIoException.OutOfSpace _ -> ENOSPC;
            case BlockIoException.BadRequest _ -> EINVAL;
            case BlockIoException.StoreFailure _ -> EIO;
        };
    }
}
