package io.trueno.zram.engine;

import java.lang.foreign.MemorySegment;

/**
 * A random-access device of {@link #sizeBytes()} bytes: the port between the transports (ublk, NBD)
 * and what keeps the pages.
 *
 * <p><b>Units.</b> Offsets and lengths are in bytes and need no alignment; whole, aligned pages are
 * the fast path. A length of zero does nothing.
 *
 * <p><b>Threading.</b> Any number of threads at once. Each page is linearizable: a read gives the
 * content of a page as it was at one moment between the read's start and its return, never a mix of
 * two writes and never older than a write that had returned. Requests over several pages are not
 * atomic as a whole. Readers do not block readers.
 *
 * <p><b>Ownership.</b> Buffers stay the caller's and are not kept after return. They may be heap or
 * native; native ones must be accessible from the calling thread.
 *
 * <p><b>Errors.</b> {@link BlockIoException.BadRequest} if the range leaves the device or the
 * device is closed, {@link BlockIoException.OutOfSpace} if a write cannot be stored (pages before
 * the failing one are written, it and those after keep their old content), {@link
 * BlockIoException.StoreFailure} if a stored page is damaged. {@link IndexOutOfBoundsException} if
 * the buffer is too short, which is the caller's bug.
 */
public interface BlockDevice extends AutoCloseable {
    /** The device's size in bytes; a multiple of {@link Pages#SIZE} is not required. */
    long sizeBytes();

    /**
     * Reads {@code length} bytes at {@code offset} into {@code target} from {@code targetOffset}.
     */
    void read(long offset, MemorySegment target, long targetOffset, int length);

    /**
     * Writes {@code length} bytes from {@code source} at {@code sourceOffset} to {@code offset}.
     * When it returns, every later read sees them.
     */
    void write(long offset, MemorySegment source, long sourceOffset, int length);

    /**
     * Forgets {@code length} bytes at {@code offset}: they read as zeros afterwards; whole pages
     * among them become holes and give their memory back. Part pages at the ends are zeroed, which
     * is stricter than zram (it skips them) and what NBD clients expect of a trim.
     */
    void discard(long offset, long length);

    /**
     * The same as writing zeros, at the cost of a discard: whole pages take no slot. They count as
     * stored and are no holes afterwards.
     */
    void writeZeroes(long offset, long length);

    /**
     * Returns when every write that had returned before the call is as safe as this device makes
     * it. A RAM-backed device has nothing to do.
     */
    void flush();

    /**
     * The length in bytes of the longest run from {@code offset}, at most {@code length}, that is
     * all data or all hole (never written, or discarded). The sign tells which: positive for data,
     * negative for a hole. A snapshot: concurrent writes may change it at once.
     *
     * @param length at least 1
     */
    long extent(long offset, long length);

    /** Releases the device's memory. Later requests fail with {@code BadRequest}. */
    @Override
    void close();
}
