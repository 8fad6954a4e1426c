package io.trueno.zram.engine.store;

import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Requests on a range of the device, cut into pages: each is done through one lane, which is given
 * back while memory has to be made. Any number of threads at the same time.
 */
final class Requests {
    /** Attempts to store one request's pages while memory has to be made for them. */
    private static final int MAX_ATTEMPTS = 1000;

    private final Lane[] lanes;
    private final Epochs epochs;
    private final PageIo io;
    private final Compactor compactor;
    private volatile WriteMethod method;
    private volatile long sizeBytes;
    private volatile boolean timesRequests = true;

    /**
     * @param lanes by number, those that {@code epochs} hands out first
     * @param method of pages written, until {@link #method(WriteMethod)}
     * @param sizeBytes of the device, until {@link #sizeBytes(long)}
     */
    Requests(
            Lane[] lanes,
            Epochs epochs,
            PageIo io,
            Compactor compactor,
            WriteMethod method,
            long sizeBytes) {
        this.lanes = lanes;
        this.epochs = epochs;
        this.io = io;
        this.compactor = compactor;
        this.method = method;
        this.sizeBytes = sizeBytes;
    }

    /** How pages are packed that are written from now on. */
    WriteMethod method() {
        return method;
    }

    void method(WriteMethod wanted) {
        method = wanted;
    }

    /** Where the device ends. */
    long sizeBytes() {
        return sizeBytes;
    }

    void sizeBytes(long wanted) {
        sizeBytes = wanted;
    }

    /** Whether requests are timed. */
    void areTimed(boolean wanted) {
        timesRequests = wanted;
    }

    /** {@link PageStore#read}. */
    void read(long offset, MemorySegment target, long targetOffset, int length) {
        checkRange(offset, length);
        Objects.checkFromIndexSize(targetOffset, length, target.byteSize());
        Lane lane = lanes[epochs.enterAny()];
        boolean isShort = length <= Pages.SIZE;
        long start = timesRequests ? lane.reads.begin(isShort) : RequestTimes.NOT_TIMED;
        try {
            long at = offset;
            long to = targetOffset;
            int left = length;
            while (left > 0) {
                long page = at >>> Pages.SHIFT;
                int inPage = (int) at & (Pages.SIZE - 1);
                int bytes = Math.min(left, Pages.SIZE - inPage);
                checkRange(at, bytes); // the device may have shrunk
                if (bytes == Pages.SIZE) {
                    io.read(lane, page, target, to);
                } else {
                    io.read(lane, page, lane.page, 0);
                    MemorySegment.copy(lane.page, inPage, target, to, bytes);
                }
                lane.counters.add(Counters.PAGES_READ, 1);
                at += bytes;
                to += bytes;
                left -= bytes;
                epochs.renew(lane.number);
            }
            lane.reads.end(start, isShort);
        } catch (BlockIoException.StoreFailure e) {
            lane.counters.add(Counters.FAILED_READS, 1);
            throw e;
        } finally {
            epochs.exit(lane.number);
        }
    }

    /** {@link PageStore#write}. */
    void write(long offset, MemorySegment source, long sourceOffset, int length) {
        checkRange(offset, length);
        Objects.checkFromIndexSize(sourceOffset, length, source.byteSize());
        long waits = RequestTimes.NOT_TIMED;
        int done = 0;
        for (int attempt = 0; done < length; attempt++) {
            done +=
                    writeUntilFull(
                            offset + done, source, sourceOffset + done, length - done, waits);
            if (done < length) {
                if (timesRequests && attempt == 0) {
                    waits = System.nanoTime();
                }
                makeRoom(attempt);
            }
        }
    }

    /**
     * Writes until the end or until there is no memory; gives the bytes written.
     *
     * @param waits since when the request has waited for memory: all such are timed, others sampled
     */
    private int writeUntilFull(
            long offset, MemorySegment source, long sourceOffset, int length, long waits) {
        Lane lane = lanes[epochs.enterAny()];
        boolean isFirst = waits == RequestTimes.NOT_TIMED;
        boolean isSample = isFirst && length <= Pages.SIZE;
        long start = isFirst && timesRequests ? lane.writes.begin(isSample) : waits;
        int done = 0;
        try {
            while (done < length) {
                long at = offset + done;
                long page = at >>> Pages.SHIFT;
                int inPage = (int) at & (Pages.SIZE - 1);
                int bytes = Math.min(length - done, Pages.SIZE - inPage);
                checkRange(at, bytes); // the device may have shrunk
                if (bytes == Pages.SIZE) {
                    io.write(lane, method, page, source, sourceOffset + done);
                } else {
                    io.writePart(lane, method, page, inPage, source, sourceOffset + done, bytes);
                }
                lane.counters.add(Counters.PAGES_WRITTEN, 1);
                done += bytes;
                epochs.renew(lane.number);
            }
            lane.writes.end(start, isSample);
            return done;
        } catch (BlockIoException.OutOfSpace e) {
            return done;
        } catch (BlockIoException e) {
            lane.counters.add(Counters.FAILED_WRITES, 1);
            throw e;
        } finally {
            epochs.exit(lane.number);
        }
    }

    /**
     * Called between two attempts to store a page, without a lane. Memory may be there and only not
     * free yet: readers may hold it back, and it may lie scattered in thin chunks.
     *
     * @throws BlockIoException.OutOfSpace if there is none, or others were quicker too often
     */
    private void makeRoom(int attempt) {
        if (attempt < MAX_ATTEMPTS && compactor.makeRoom()) {
            return;
        }
        Lane lane = lanes[epochs.enterAny()];
        lane.counters.add(Counters.FAILED_WRITES, 1);
        epochs.exit(lane.number);
        throw io.outOfSpace();
    }

    /** Zeroes a range: whole pages become holes, or same-filled pages of zeros. */
    void clear(long offset, long length, boolean holes) {
        checkRange(offset, length);
        long done = 0;
        for (int attempt = 0; done < length; attempt++) {
            done += clearUntilFull(offset + done, length - done, holes);
            if (done < length) {
                makeRoom(attempt);
            }
        }
    }

    /**
     * Clears until the end or until there is no memory for a part page; gives the bytes cleared.
     */
    private long clearUntilFull(long offset, long length, boolean holes) {
        Lane lane = lanes[epochs.enterAny()];
        long at = offset;
        try {
            long end = offset + length;
            while (at < end) {
                long page = at >>> Pages.SHIFT;
                int inPage = (int) at & (Pages.SIZE - 1);
                int bytes = (int) Math.min(end - at, Pages.SIZE - inPage);
                checkRange(at, bytes); // the device may have shrunk
                boolean toDeviceEnd = inPage == 0 && at + bytes == sizeBytes;
                if (bytes < Pages.SIZE && !toDeviceEnd) {
                    io.zeroPart(lane, method, page, inPage, bytes);
                } else if (holes) {
                    if (io.discard(lane, page)) {
                        lane.counters.add(Counters.NOTIFY_FREE, 1);
                    }
                } else {
                    io.writeZeroes(lane, page);
                }
                at += bytes;
                epochs.renew(lane.number);
            }
            return at - offset;
        } catch (BlockIoException.OutOfSpace e) {
            return at - offset;
        } catch (BlockIoException e) {
            lane.counters.add(Counters.FAILED_WRITES, 1);
            throw e;
        } finally {
            epochs.exit(lane.number);
        }
    }

    /** {@link PageStore#extent}. */
    long extent(long offset, long length) {
        if (length < 1) {
            throw new IllegalArgumentException("an extent has a length: length=" + length);
        }
        checkRange(offset, length);
        int lane = epochs.enterAny();
        try {
            long page = offset >>> Pages.SHIFT;
            long end = Pages.count(offset + length);
            boolean hole = io.isHole(page);
            do {
                page++;
            } while (page < end && io.isHole(page) == hole);
            long run = Math.min(page << Pages.SHIFT, offset + length) - offset;
            return hole ? -run : run;
        } finally {
            epochs.exit(lane);
        }
    }

    private void checkRange(long offset, long length) {
        if ((offset | length) < 0 || length > sizeBytes - offset) {
            throw new BlockIoException.BadRequest(
                    "outside the device: offset="
                            + offset
                            + " length="
                            + length
                            + " size="
                            + sizeBytes);
        }
    }
}
