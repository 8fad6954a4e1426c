package io.trueno.zram.engine.store;

import java.io.IOException;

/** A file is not a store that this program can open. The file is left as it is. */
public final class StoreFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    StoreFormatException(String file, String reason) {
        super("cannot open store " + file + ": " + reason);
    }
}
