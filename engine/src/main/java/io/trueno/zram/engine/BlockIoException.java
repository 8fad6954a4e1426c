package io.trueno.zram.engine;

/**
 * A request to a {@link BlockDevice} failed. The three kinds are all there are, so that every
 * transport maps them in one total table (errno for ublk, NBD codes for NBD).
 *
 * <p>Thrown on the page path, where the answer matters and not the place: no stack trace is taken.
 */
public abstract sealed class BlockIoException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private BlockIoException(String message) {
        super(message, null, false, false);
    }

    /** The memory limit is reached or the arena is full; the page keeps its old content. */
    public static final class OutOfSpace extends BlockIoException {
        private static final long serialVersionUID = 1L;

        public OutOfSpace(String message) {
            super(message);
        }
    }

    /** The request itself is wrong: outside the device, or on a device that is closed. */
    public static final class BadRequest extends BlockIoException {
        private static final long serialVersionUID = 1L;

        public BadRequest(String message) {
            super(message);
        }
    }

    /** The stored page cannot be given back: its checksum or its encoding is wrong. */
    public static final class StoreFailure extends BlockIoException {
        private static final long serialVersionUID = 1L;

        public StoreFailure(String message) {
            super(message);
        }
    }
}
